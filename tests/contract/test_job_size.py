"""The job of the largest request fits into the environment of a process."""

from dataclasses import replace

from contract.largest import largest_page
from contract.schemas import at
from kubeshot_contract.job import encode_variables
from kubeshot_contract.result_message import MAX_OUTPUTS
from unit.contract.make import make_form, make_job, make_spec

# MAX_ARG_STRLEN of Linux, with the name, the equals sign and the NUL at its end.
LONGEST_VARIABLE = 128 << 10
# Linux takes 2 MiB of variables and arguments where the stack may have 8 MiB; etcd 1.5 MiB of a pod.
LARGEST_ENVIRONMENT = 1 << 20

# Longer than the operator's: an S3 key has 1,024 bytes at most, its policy some 1,500.
FORM = make_form(url="u" * 512, key="k" * 1024, fields={"key": "k" * 1024, "policy": "p" * 4096})


def test_the_job_of_the_largest_request_fits_into_the_environment() -> None:
    spec = replace(make_spec(), raw=largest_page())
    certificates = "c" * int(at("captureclasses", "spec.storage.caBundle")["maxLength"])
    uploads = {f"{number:032}": FORM for number in range(MAX_OUTPUTS)}
    variables = encode_variables(make_job(spec, uploads=uploads, storage_ca=certificates))
    sizes = [len(f"{name}={value}\0".encode()) for name, value in variables.items()]
    assert len(sizes) > 5, "this is about many variables"
    assert max(sizes) <= LONGEST_VARIABLE
    assert sum(sizes) < LARGEST_ENVIRONMENT
