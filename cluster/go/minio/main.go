// The MinIO server, built from its Go module: the object store of the example deployment and of the tests.
package main

import (
	"os"

	minio "github.com/minio/minio/cmd"
)

func main() {
	minio.Main(os.Args)
}
