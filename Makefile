# Bare `make` explains the targets. Two of them do everything: `make demo` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
.DELETE_ON_ERROR:

PYTHON ?= python3
venv := .venv
bin := $(venv)/bin
cluster := PYTHONPATH=cluster $(PYTHON) -m kubeshot_cluster
# kubectl of the cluster that `make cluster` brought up; the kubeconfig of your own is never touched.
kubectl = kubectl() { KUBECONFIG="$$($(cluster) kubeconfig)" "$$($(cluster) kubectl)" "$$@"; }
as_root := $(if $(filter 0,$(shell id -u)),,sudo)
timed = started=$$SECONDS; trap 'echo "make $@: $$((SECONDS - started)) s"' EXIT
browser_packages := chromium-headless-shell fonts-liberation2 fonts-noto-cjk fonts-noto-color-emoji fonts-noto-core libatomic1
assets_version := $(shell sed -n 's/^ *"version": "\(.*\)",/\1/p' capture-image/assets/package.json)
assets := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/kubeshot/assets-$(assets_version)
promtool := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/kubeshot/promtool
checked := operator capture-image cli cluster demo docs tests

.PHONY: help
help: ## Explain the targets
	@echo "Kubeshot: screenshots as Kubernetes resources. Targets:"
	grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 16 | sed 's/^/  /'
	echo
	echo "CLUSTER=kind, native or current chooses the cluster: kind where Docker answers, else native; current is the"
	echo "cluster of your kubeconfig, and asks first. What is slow to build is kept in ~/.cache/kubeshot."

# --- the two commands -------------------------------------------------------------------------------------------------

.PHONY: demo
demo: deploy ## From nothing to a picture: cluster, images, MinIO, operator, a sample request, the PNG under out/
	@$(timed)
	export KUBECONFIG="$$($(cluster) kubeconfig)" KUBECTL="$$($(cluster) kubectl)"
	$(bin)/python demo/demo.py out

.PHONY: test
test: check integration e2e zoo chaos-quick scale-short cluster-test ## Everything: check, integration, end to end, zoo and faults on a real cluster, scale, and a hard kill

# --- checks without a cluster -----------------------------------------------------------------------------------------

.PHONY: check
check: lint types unit ## Format, lint, types, and the tests that need no cluster: seconds

.PHONY: lint
lint: $(venv)/.installed ## Check format and style
	@$(bin)/ruff format --check $(checked)
	$(bin)/ruff check $(checked)

.PHONY: types
types: $(venv)/.installed ## Check types
	@$(bin)/mypy $(checked)

.PHONY: unit
unit: $(venv)/.installed ## Unit, contract and architecture tests
	@$(bin)/pytest -q -n 2 tests/unit tests/contract tests/architecture tests/zoo/test_completeness.py tests/zoo/test_golden_pictures.py

.PHONY: format
format: $(venv)/.installed ## Format the code
	@$(bin)/ruff format $(checked)
	$(bin)/ruff check --fix $(checked)

.PHONY: docs
docs: $(venv)/.installed ## Write the documents that are made from the CRDs and the tests
	@$(bin)/python docs/fields.py
	PYTHONPATH=operator:capture-image $(bin)/python docs/metrics.py
	PYTHONPATH=tests:cli:capture-image $(bin)/python -m zoo.options_table

# --- the cluster and what runs on it ----------------------------------------------------------------------------------

.PHONY: cluster
cluster: ## Bring up a Kubernetes cluster on this machine, or what is missing of it
	@$(cluster) up

.PHONY: cluster-down
cluster-down: ## End what `make cluster` started
	@$(cluster) down

.PHONY: kubeconfig
kubeconfig: ## Print the path of the cluster's kubeconfig
	@$(cluster) kubeconfig

.PHONY: images
images: ## Build the images
	@$(cluster) images

# One after the other they leave a third of two cores idle: downloads and linking wait for nothing but themselves.
.PHONY: ready
ready:
	@$(timed)
	$(if $(as_root),$(as_root) --validate)
	$(MAKE) --no-print-directory --jobs=3 venv cluster images

.PHONY: deploy
deploy: ready ## Put images, CRDs, MinIO, demo site and operator onto the cluster
	@$(timed)
	$(kubectl)
	$(cluster) load
	kubectl apply -k manifests/overlays/demo
	# The image may be new under its old tag.
	kubectl -n kubeshot-system rollout restart deployment/kubeshot-operator
	for deployment in kubeshot-system/minio kubeshot-demo/demo-site kubeshot-system/kubeshot-operator; do
	    kubectl -n "$${deployment%/*}" rollout status "deployment/$${deployment#*/}" --timeout=180s
	done
	kubectl wait --for=create captureclass/default --timeout=120s

.PHONY: undeploy
undeploy: ## Remove everything of Kubeshot from the cluster
	@$(kubectl)
	# Requests whose images are to go with them need the operator for that: without it they would hold up their CRD.
	if kubectl get crd screenshotrequests.kubeshot.dev >/dev/null 2>&1; then kubectl delete shots --all -A; fi
	kubectl delete -k manifests/overlays/demo --ignore-not-found

# --- tests on real systems --------------------------------------------------------------------------------------------

.PHONY: browser
browser: ## Install the browser and the fonts that the tests of the capture use on this machine
	@if [ -n "$${KUBESHOT_CHROMIUM:-}" ] || [ -x /usr/lib/chromium/chromium-headless-shell ]; then exit; fi
	$(timed)
	echo "Installing Chromium's headless shell and fonts ..."
	log="$$(mktemp)"
	install() { $(as_root) apt-get update && $(as_root) apt-get install --yes --no-install-recommends $(browser_packages); }
	install >"$$log" 2>&1 || {
	    tail -n 5 "$$log"
	    echo "No package of Chromium's headless shell here: install a Chromium and set KUBESHOT_CHROMIUM to its path."
	    exit 1
	}

.PHONY: assets
assets: $(venv)/.installed ## Fetch the consent engine and the filter lists that captures outside of the image use
	@if [ -d '$(assets)' ]; then exit; fi
	$(timed)
	echo "Fetching the consent engine and the filter lists ..."
	# Where there is no npm, Python has one.
	export PATH="$$PATH:$(CURDIR)/$(bin)"
	command -v npm >/dev/null || $(bin)/pip install --quiet --disable-pip-version-check --require-hashes \
	    -r capture-image/assets/requirements.lock
	apt-cache show webext-ublock-origin-chromium >/dev/null 2>&1 || $(as_root) apt-get update --quiet=2
	capture-image/assets/fetch.sh '$(assets).part'
	mv '$(assets).part' '$(assets)'

.PHONY: assets-update
assets-update: ## Lock the newest consent engine; the next build of the image takes it, and the newest filter lists
	@cd capture-image/assets
	npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --save-exact \
	    @duckduckgo/autoconsent@latest
	npm version --no-git-tag-version --allow-same-version "$$(date +%Y.%-m.%-d)"

# Its Go module takes the client libraries of all clouds along; Debian's package is the same program.
.PHONY: promtool
promtool: ## Fetch Prometheus' tool, which checks the alert rules and the dashboard
	@if command -v promtool >/dev/null || [ -x '$(promtool)' ]; then exit; fi
	$(timed)
	echo "Fetching promtool ..."
	folder="$$(mktemp -d)"
	apt-cache show prometheus >/dev/null 2>&1 || $(as_root) apt-get update --quiet=2
	(cd "$$folder" && apt-get download --quiet=2 prometheus 2>/dev/null) || {
	    echo "No package of Prometheus here: put promtool on the PATH."
	    exit 1
	}
	dpkg-deb --fsys-tarfile "$$folder"/prometheus_*.deb | tar --extract --directory "$$folder" ./usr/bin/promtool
	mkdir -p '$(dir $(promtool))'
	mv "$$folder/usr/bin/promtool" '$(promtool)'
	rm -r "$$folder"

# The machines are shared: a test that fails is run again, once, and the output says which ones were.
again := --reruns 1

.PHONY: integration
integration: browser assets promtool deploy ## Tests with a real Chromium, a real MinIO and a real API server
	@$(timed)
	export KUBECONFIG="$$($(cluster) kubeconfig)" KUBECTL="$$($(cluster) kubectl)"
	# A capture waits more than it works: three at a time use two cores.
	$(bin)/pytest -q $(again) -n 3 --dist loadfile tests/integration

.PHONY: e2e
e2e: deploy ## Tests from `kubectl apply` to the object's bytes, on the cluster
	@$(timed)
	export KUBECONFIG="$$($(cluster) kubeconfig)" KUBECTL="$$($(cluster) kubectl)"
	# Most of it is waiting; what ends the operator, or fills every place, runs alone.
	$(bin)/pytest -q $(again) -n 2 --dist loadfile -m "not alone" tests/e2e
	$(bin)/pytest -q $(again) -m alone tests/e2e

.PHONY: warm-scale
warm-scale: deploy ## Warm pods under load: 1,000 requests at once, and 300 amid which pods, browsers, operator and storage die
	@$(timed)
	export KUBECONFIG="$$($(cluster) kubeconfig)" KUBECTL="$$($(cluster) kubectl)"
	$(bin)/pytest -q --burst 1000 --kills 300 tests/e2e/test_warm.py tests/e2e/test_warm_kills.py

# A control plane of its own, beside whatever cluster is up.
.PHONY: scale-short
scale-short: $(venv)/.installed ## The operator with 150 requests at once, amid hand-overs and limits, on an API server without machines
	@$(timed)
	$(bin)/pytest -q $(again) tests/scale

.PHONY: scale
scale: $(venv)/.installed ## The same with 10,000 requests at once and 100,000 that are over; writes docs/scale.md
	@$(timed)
	rm -f out/scale.json
	failed=0
	$(bin)/pytest -v -s tests/scale --requests 10000 --finished 100000 --crowd 5000 --flight 200 --figures out/scale.json || failed=1
	# What was measured is told, whatever it is.
	PYTHONPATH=tests:cluster:operator:capture-image $(bin)/python -m scale.ledger out/scale.json
	exit $$failed

# The operator of the suite works in the place of the cluster's own, which rests meanwhile.
SEEDS ?= 20
.PHONY: chaos
chaos: deploy ## 20 kinds of faults amid requests, 20 seeds (SEEDS=…), docs/chaos.md: hours; goes on where it ended (FRESH=1: not)
	@$(timed)
	export KUBECONFIG="$$($(cluster) kubeconfig)" KUBECTL="$$($(cluster) kubectl)"
	# Scenes that were good with the code as it is are in there, and passed over.
	$(if $(FRESH),rm -f out/chaos.jsonl)
	$(bin)/pytest -v tests/chaos --all-faults --seeds $(SEEDS) --ledger out/chaos.jsonl
	PYTHONPATH=tests:cluster:operator:capture-image $(bin)/python -m chaos.ledger out/chaos.jsonl

.PHONY: chaos-quick
chaos-quick: deploy ## Four of the faults, with one seed, and a broken operator that must be seen: three minutes
	@$(timed)
	export KUBECONFIG="$$($(cluster) kubeconfig)" KUBECTL="$$($(cluster) kubectl)"
	$(bin)/pytest -v $(again) tests/chaos

MINUTES ?= 60
.PHONY: soak
soak: deploy ## Keep the operator busy with good and bad pages for an hour (MINUTES=…), and look for what leaks
	@$(timed)
	export KUBECONFIG="$$($(cluster) kubeconfig)" KUBECTL="$$($(cluster) kubectl)"
	PYTHONPATH=tests:cluster:operator:capture-image $(bin)/python -m soak --minutes $(MINUTES) --ledger out/soak.jsonl

.PHONY: soak-docs
soak-docs: $(venv)/.installed ## Write docs/soak.md from the last `make soak`
	@PYTHONPATH=tests:cluster:operator:capture-image $(bin)/python -m soak.report out/soak.jsonl

.PHONY: zoo
zoo: deploy ## Capture a page for every option, complaint and failure, on the cluster
	@$(timed)
	export KUBECONFIG="$$($(cluster) kubeconfig)" KUBECTL="$$($(cluster) kubectl)"
	$(bin)/pytest -q $(again) tests/zoo

.PHONY: zoo-serve
zoo-serve: ## Serve the pages of the zoo on port 8000
	@PYTHONPATH=tests $(PYTHON) -m zoo --port 8000

.PHONY: cluster-test
cluster-test: deploy ## Kill the whole cluster hard, and bring it up again
	@$(timed)
	$(bin)/pytest -q tests/cluster

.PHONY: realpages
realpages: browser $(venv)/.installed ## Capture 200 pages of documentation that Debian ships, and make a contact sheet of them
	@$(timed)
	PYTHONPATH=tests:cli:capture-image $(bin)/python -m realpages

.PHONY: bench
bench: browser deploy ## Measure engine, latency, throughput and cost, and compare a loop, isolated and warm pods, on the cluster
	@$(timed)
	export KUBECONFIG="$$($(cluster) kubeconfig)" KUBECTL="$$($(cluster) kubectl)"
	export PYTHONPATH=tests:cluster:cli:capture-image
	$(bin)/python -m bench.engine
	$(bin)/python -m bench.latency
	$(bin)/python -m bench.throughput
	$(bin)/python -m bench.comparison --keep out/benchmarks.json

.PHONY: bench-docs
bench-docs: $(venv)/.installed ## Write the documents that are made from the last comparison of `make bench`
	@PYTHONPATH=tests:cluster:cli:capture-image $(bin)/python -m bench.comparison --kept out/benchmarks.json --write docs

# --- the Python environment -------------------------------------------------------------------------------------------

$(venv)/.installed: requirements-dev.lock
	@$(timed)
	echo "Installing the Python environment into $(venv) ..."
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: set PYTHON=...")'
	# Debian keeps the venv module in a package of its own.
	$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(as_root) apt-get install --yes --no-install-recommends python3-venv
	$(PYTHON) -m venv --clear $(venv)
	$(bin)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.lock
	touch $@

.PHONY: venv
venv: $(venv)/.installed ## Install the Python environment

.PHONY: lock
lock: $(venv)/.installed ## Lock the versions anew after a change in pyproject.toml
	@compile() { $(bin)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --python-version 3.11 "$$@"; }
	compile pyproject.toml --extra operator -o operator/requirements.lock
	compile pyproject.toml --extra capture -o capture-image/requirements.lock
	compile --group assets -o capture-image/assets/requirements.lock
	compile pyproject.toml --extra operator --extra capture --extra cli --group dev -o requirements-dev.lock
