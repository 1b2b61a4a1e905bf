# RecallBench: what one can do, each by one word. `make` alone prints the list.

PROFILE   ?= quick
SYNTHIA   ?=
CITYSCAPES ?=
CAMVID    ?=
PRETRAINED_RESNET18  ?=
PRETRAINED_RESNET101 ?=
SEEDS     ?=
THREADS   ?= $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
# Real data in a profile of stand-ins makes another sweep, in a folder of its own, and so do
# pretrained weights in any profile but the paper's, where they belong.
OUT       ?= results/$(PROFILE)$(if $(filter smoke quick as-published necessity lr-search standard,$(PROFILE)),$(if $(SYNTHIA)$(CITYSCAPES),-real))$(if $(filter-out paper,$(PROFILE)),$(if $(PRETRAINED_RESNET18)$(PRETRAINED_RESNET101),-pretrained))
LOSS      ?=
AGAINST   ?= ce,recall
TORCH     ?=
PEER      ?=

# Swift's code generator takes its target features from the C compiler inside it, so this flag
# makes *Swift* use the machine's vector units (AVX2, FMA, ...); without it the kernels run on
# 128-bit SSE2 at a fraction of the speed. Numbers are bit-comparable only between machines of
# the same kind of CPU.
ifneq (,$(filter aarch64 arm64,$(shell uname -m)))
NATIVE := -Xcc -mcpu=native
else
NATIVE := -Xcc -march=native
endif
# One set of flags for build and test, so that one build serves both; testable imports would
# compile everything a second time.
SWIFT_FLAGS := -c release $(NATIVE)
RECALLBENCH := .build/release/recallbench

DATA_PATHS = $(if $(SYNTHIA),--synthia "$(SYNTHIA)") \
  $(if $(CITYSCAPES),--cityscapes "$(CITYSCAPES)") $(if $(CAMVID),--camvid "$(CAMVID)")
WEIGHTS = $(if $(PRETRAINED_RESNET18),--pretrained "resnet18=$(PRETRAINED_RESNET18)") \
  $(if $(PRETRAINED_RESNET101),--pretrained "resnet101=$(PRETRAINED_RESNET101)")
SWEEP = $(RECALLBENCH) sweep "benchmarks/sweeps/$(PROFILE).yml" --output "$(OUT)" $(DATA_PATHS) \
  $(WEIGHTS) $(if $(SEEDS),--seeds "$(SEEDS)") --threads $(THREADS)
# Tables and figure are also made of a sweep in which single cells failed; the sweep's own exit
# status is kept. Above 1 it was called wrongly or interrupted: nothing more is started then.
REPORT_AFTER = status=$$?; \
  if [ $$status -le 1 ] && [ -d "$(OUT)/runs" ]; then $(RECALLBENCH) report "$(OUT)" $(DATA_PATHS) || exit; fi; \
  exit $$status

# Losses are written with parentheses and commas: handed over in the environment, not quoted twice.
export LOSS AGAINST TORCH

.DEFAULT_GOAL := help
.PHONY: help deps swift build test fixtures lint bench bench-peer peers growth reproduce figures \
  compare inspect clean test-report chromium needs-data needs-loss needs-folder

help:  ## this list
	@echo "make TARGET [VARIABLE=value ...]"
	@echo
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14
	@echo
	@echo "  PROFILE=$(PROFILE)  sweep: smoke, quick, as-published, necessity, lr-search, standard, paper or camvid (benchmarks/sweeps/*.yml)"
	@echo "  SYNTHIA= CITYSCAPES= CAMVID=  folders of the real data; without: rendered stand-ins"
	@echo "  PRETRAINED_RESNET18= PRETRAINED_RESNET101=  files of weights to begin from; without: random"
	@echo "  SEEDS=1,2  THREADS=$(THREADS)  OUT=$(OUT)  LOSS=\"focal(gamma: 2)\" AGAINST=ce,recall TORCH=file.py:name (compare)"
	@echo "  PEER=\"--cases ResNet-18 --quantities training\"  a part of bench-peer"

deps:  ## find or install OpenBLAS, libpng, gnuplot, pkg-config
	@missing=; \
	command -v pkg-config >/dev/null || missing="$$missing pkg-config"; \
	pkg-config --exists openblas 2>/dev/null || missing="$$missing libopenblas-dev"; \
	pkg-config --exists libpng 2>/dev/null || missing="$$missing libpng-dev"; \
	command -v gnuplot >/dev/null || missing="$$missing gnuplot-nox"; \
	[ -n "$$missing" ] || exit 0; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	line="$$sudo apt-get install -y --no-install-recommends$$missing"; line="$${line# }"; \
	if ! command -v apt-get >/dev/null; then \
	  echo "Missing (Debian's package names):$$missing. Install them, on Debian or Ubuntu by: $$line" >&2; \
	  exit 1; \
	fi; \
	if [ -n "$$sudo" ] && ! command -v sudo >/dev/null; then \
	  echo "Missing:$$missing. There is no sudo; as root type: $${line#sudo }" >&2; exit 1; \
	fi; \
	echo "Installing$$missing"; \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -q && \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing \
	  || { echo "Could not install$$missing; try: $$line" >&2; exit 1; }; \
	rm -f .build/*.yaml  # SwiftPM's build plan, made while the libraries were not there

swift:
	@command -v swift >/dev/null || { echo "swift is not on the PATH: install Swift 6.3 from https://www.swift.org/install/linux" >&2; exit 1; }

build: deps swift  ## compile, optimised for this machine
	swift build $(SWIFT_FLAGS)

test: deps swift  ## run all tests
	swift test --disable-testable-imports $(SWIFT_FLAGS)

# What test-report looks at, and where it leaves screenshots; without SHOTS= it takes none.
REPORTS ?= results/quick/report.html results/camvid/report.html
SHOTS   ?=
test-report: chromium  ## look at the pages of results in headless Chromium (needs python3)
	@python3 Tests/Page/check.py $(REPORTS) $(if $(SHOTS),--shots "$(SHOTS)")

# Only the page's check needs a browser.
chromium:
	@for name in chromium chromium-browser google-chrome; do \
	  if command -v $$name >/dev/null; then exit 0; fi; done; \
	sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	line="$$sudo apt-get install -y --no-install-recommends chromium"; line="$${line# }"; \
	if ! command -v apt-get >/dev/null || { [ -n "$$sudo" ] && ! command -v sudo >/dev/null; }; then \
	  echo "Missing: Chromium. Install it, on Debian by: $${line#sudo } (as root)" >&2; exit 1; \
	fi; \
	echo "Installing chromium"; \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -q && \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium \
	  || { echo "Could not install chromium; try: $$line" >&2; exit 1; }

# PyTorch is an oracle for these only; building, testing and using RecallBench needs no Python.
FIXTURES_PYTHON := .build/fixtures/bin/python
fixtures:  ## write the reference files of the tests again, with PyTorch in a virtual environment
	@[ -x $(FIXTURES_PYTHON) ] || python3 -m venv .build/fixtures
	@$(FIXTURES_PYTHON) -m pip install --quiet --requirement Tests/Fixtures/torch/requirements.txt
	@for script in Tests/Fixtures/torch/*_fixtures.py; do \
	  echo "$$script"; OMP_NUM_THREADS=1 $(FIXTURES_PYTHON) $$script || exit; done

lint: deps swift  ## check the format of all sources
	swift format lint --strict --recursive Sources Tests benchmarks/speed Package.swift \
	  $(addprefix benchmarks/own-loss/,Sources Tests Package.swift)

bench: build  ## measure layers, losses, steps and the data pipeline: benchmarks/speed/bench.json
	@.build/release/recallbench-speed all --threads $(THREADS) --output benchmarks/speed/bench.json

# PyTorch is what is compared with; nothing else needs it.
BENCH_PYTHON := .build/bench-peer/bin/python
bench-peer: build  ## measure against PyTorch in turn, on two threads: benchmarks/speed/peer.json (half an hour)
	@[ -x $(BENCH_PYTHON) ] || python3 -m venv .build/bench-peer
	@$(BENCH_PYTHON) -m pip install --quiet --requirement benchmarks/speed/requirements.txt
	@$(BENCH_PYTHON) benchmarks/speed/peer.py $(PEER)

# RecallBench and PyTorch train the same; what benchmarks/pytorch-parity/runs has is not trained again there.
PEERS_PYTHON := .build/peers/bin/python
peers: build  ## train CAMVID= here and in PyTorch, then compare (benchmarks/pytorch-parity)
	@[ -n "$(CAMVID)" ] || { echo "peers needs the data: make peers CAMVID=/path/to/camvid" >&2; exit 1; }
	@[ -x $(PEERS_PYTHON) ] || python3 -m venv .build/peers
	@$(PEERS_PYTHON) -m pip install --quiet --requirement benchmarks/pytorch-parity/requirements.txt
	@$(PEERS_PYTHON) benchmarks/pytorch-parity/check.py --camvid "$(CAMVID)"
	@$(RECALLBENCH) sweep benchmarks/pytorch-parity/camvid.yml --output results/camvid-peers \
	  --camvid "$(CAMVID)" --threads $(THREADS)
	@$(RECALLBENCH) report results/camvid-peers
	@$(PEERS_PYTHON) benchmarks/pytorch-parity/camvid.py --camvid "$(CAMVID)" --jobs $(THREADS)
	@$(PEERS_PYTHON) benchmarks/pytorch-parity/compare.py

growth: build  ## measure step time and memory against area, batch and width: benchmarks/speed/growth.png
	@.build/release/recallbench-speed growth --threads $(THREADS) --points benchmarks/speed/growth.tsv \
	  --output benchmarks/speed/growth.json
	@cd benchmarks/speed && gnuplot growth.gp

reproduce: needs-data build  ## train the sweep PROFILE, then make its tables and figure
	@$(SWEEP); $(REPORT_AFTER)

figures: build  ## make tables and figure again from the stored runs in OUT
	@$(RECALLBENCH) report "$(OUT)" $(DATA_PATHS)

compare: needs-loss needs-data build  ## train LOSS= or TORCH= alone, hold it against AGAINST= in OUT
	@$(RECALLBENCH) compare $(if $(TORCH),--torch "$$TORCH",--loss "$$LOSS") --against "$$AGAINST" --sweep "benchmarks/sweeps/$(PROFILE).yml" \
	  --baselines "$(OUT)" $(DATA_PATHS) $(WEIGHTS) $(if $(SEEDS),--seeds "$(SEEDS)") --threads $(THREADS)

inspect: needs-folder build  ## count and check the data in SYNTHIA=, CITYSCAPES=, CAMVID=
	@status=0; \
	$(if $(SYNTHIA),$(RECALLBENCH) data inspect synthia "$(SYNTHIA)" || status=1;) \
	$(if $(CITYSCAPES),$(RECALLBENCH) data inspect cityscapes "$(CITYSCAPES)" || status=1;) \
	$(if $(CAMVID),$(RECALLBENCH) data inspect camvid "$(CAMVID)" || status=1;) \
	exit $$status

# Said before anything is built.
needs-data:
ifeq ($(PROFILE)|$(CAMVID),camvid|)
	@echo "PROFILE=camvid needs the data: make reproduce PROFILE=camvid CAMVID=/path/to/camvid" >&2; exit 1
endif

needs-loss:
ifeq ($(strip $(LOSS)$(TORCH)),)
	@echo 'compare needs a loss: make compare LOSS="focal(gamma: 2)", or TORCH=my_losses.py:MyLoss' >&2; exit 1
endif

needs-folder:
ifeq ($(SYNTHIA)$(CITYSCAPES)$(CAMVID),)
	@echo "inspect needs a folder: make inspect CAMVID=/path/to/camvid" >&2; exit 1
endif

clean:  ## remove what was built; results stay
	rm -rf .build
