// Prints the seccomp profile of capture pods: containerd's default for a container without capabilities, and what Chromium's
// own sandbox needs besides.
package main

import (
	"encoding/json"
	"log"
	"os"
	"slices"

	"github.com/containerd/containerd/contrib/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
)

// Namespace flags of clone(2).
const (
	newMount   = 0x00020000
	newCgroup  = 0x02000000
	newUTS     = 0x04000000
	newIPC     = 0x08000000
	newUser    = 0x10000000
	newPID     = 0x20000000
	newNetwork = 0x40000000

	everyNamespace = newMount | newCgroup | newUTS | newIPC | newUser | newPID | newNetwork
)

// without allows a call unless its first argument has one of these flags.
func without(name string, flags uint64) specs.LinuxSyscall {
	return specs.LinuxSyscall{
		Names:  []string{name},
		Action: specs.ActAllow,
		Args:   []specs.LinuxSeccompArg{{Index: 0, Value: flags, ValueTwo: 0, Op: specs.OpMaskedEqual}},
	}
}

func main() {
	container := &specs.Spec{
		Process: &specs.Process{Capabilities: &specs.LinuxCapabilities{}},
		Linux:   &specs.Linux{},
	}
	profile := seccomp.DefaultProfile(container)
	// The default is made for the machine it runs on; this file is for all of them.
	profile.Architectures = []specs.Arch{
		specs.ArchX86_64, specs.ArchX86, specs.ArchX32, specs.ArchAARCH64, specs.ArchARM,
	}
	// Its rule for clone forbids all namespaces.
	profile.Syscalls = slices.DeleteFunc(profile.Syscalls, func(rule specs.LinuxSyscall) bool {
		return slices.Equal(rule.Names, []string{"clone"})
	})
	profile.Syscalls = append(profile.Syscalls,
		// What the default allows on ARM only.
		specs.LinuxSyscall{
			Names:  []string{"arm_fadvise64_64", "arm_sync_file_range", "breakpoint", "cacheflush", "set_tls", "sync_file_range2"},
			Action: specs.ActAllow,
		},
		// The zygote starts renderers in namespaces of their own.
		without("clone", everyNamespace&^(newUser|newPID|newNetwork)),
		// The zygote moves into a user namespace, in which it may do the two other things.
		without("unshare", everyNamespace&^newUser),
		// Renderers see an empty file system.
		specs.LinuxSyscall{Names: []string{"chroot"}, Action: specs.ActAllow},
	)
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(profile); err != nil {
		log.Fatal(err)
	}
}
