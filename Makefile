# RecallBench: what one can do, each by one word. `make` alone prints the list.

# A sweep of benchmarks/sweeps by its name, or with SWEEP= a sweep file of your own.
PROFILE    ?= quick
SWEEP      ?=
# Folders of real data: DATA="name=path ..." for any data set, the others for these three.
DATA       ?=
SYNTHIA    ?=
CITYSCAPES ?=
CAMVID     ?=
# Files of weights to start from, in the formats of PyTorch or safetensors.
PRETRAINED_RESNET18  ?=
PRETRAINED_RESNET101 ?=
# With SEEDS, reproduce adds the runs that are missing to the stored ones; KEEP=0: trains those
# without weights again; KEEP=1: keeps them, without SEEDS too.
SEEDS      ?=
KEEP       ?= $(if $(SEEDS),1,0)
# TENSORBOARD=1: reproduce also writes event files for TensorBoard.
TENSORBOARD ?=
# Folder of the results; without it the command chooses one below results/.
OUT        ?=
# For compare: the new loss, the losses that it is compared with (all stored ones, if empty), and the
# folder of the new runs and their page.
LOSS       ?=
TORCH      ?=
AGAINST    ?=
RESULT     ?=
# MPI=1: one network may be trained by several processes; needs libopenmpi-dev. The same for all targets
# of one build folder, or everything is compiled again.
MPI        ?=
THREADS    ?= $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)

# Swift takes the target's features from the C compiler inside it: this flag lets Swift code use the
# machine's vector units. Bits are comparable only between machines of the same kind of CPU.
NATIVE      := $(if $(filter aarch64 arm64,$(shell uname -m)),-mcpu=native,-march=native)
# One set of flags for build and test, so that one build serves both. Colors in messages would
# change the flags, and so compile everything again, between a terminal and a pipe.
SWIFT_FLAGS := -c release -Xcc $(NATIVE) --no-color-diagnostics $(if $(filter-out 0,$(MPI)),--traits MPI)
RECALLBENCH := .build/release/recallbench
SPEED       := .build/release/recallbench-speed

SWEEP_FILE = $(or $(SWEEP),$(if $(filter %.yml %.yaml,$(PROFILE)),$(PROFILE),benchmarks/sweeps/$(PROFILE).yml))
# Files with a tune: section are searched before they are compared.
VERB = $(if $(shell grep -s '^tune:' "$(SWEEP_FILE)"),tune,sweep)
DATA_FLAGS = $(foreach pair,$(DATA),--data "$(pair)") $(if $(SYNTHIA),--synthia "$(SYNTHIA)") \
  $(if $(CITYSCAPES),--cityscapes "$(CITYSCAPES)") $(if $(CAMVID),--camvid "$(CAMVID)")
WEIGHTS = $(if $(PRETRAINED_RESNET18),--pretrained "resnet18=$(PRETRAINED_RESNET18)") \
  $(if $(PRETRAINED_RESNET101),--pretrained "resnet101=$(PRETRAINED_RESNET101)")
RUN_FLAGS = $(DATA_FLAGS) $(WEIGHTS) $(if $(SEEDS),--seeds "$(SEEDS)") --threads $(THREADS)
LIBRARIES = pkg-config libopenblas-dev libpng-dev zlib1g-dev \
  $(if $(filter-out 0,$(MPI)),libopenmpi-dev openmpi-bin)
# Losses are written with parentheses and commas: handed over in the environment, not quoted twice.
export LOSS AGAINST TORCH

.DEFAULT_GOAL := help
.PHONY: help deps build test lint reproduce figures findings digits compare inspect test-report \
  crash-test test-cluster fuzz sanitize \
  fixtures bench-kernels bench-peer bench-pytorch bench-profile bench-growth bench-scale \
  check-lanes parity parity-camvid clean

help:  ## this list
	@echo "make TARGET [VARIABLE=value ...]"
	@echo
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18
	@echo
	@echo "  PROFILE=$(PROFILE)  sweep: $(basename $(notdir $(wildcard benchmarks/sweeps/*.yml)))"
	@echo "  SWEEP=file.yml  a sweep file of your own, in place of PROFILE"
	@echo "  DATA=\"name=path\" SYNTHIA= CITYSCAPES= CAMVID=  folders of real data; without: rendered stand-ins"
	@echo "  PRETRAINED_RESNET18= PRETRAINED_RESNET101=  weights to start from; without: random"
	@echo "  SEEDS=1,2  THREADS=$(THREADS)  OUT=folder"
	@echo "  reproduce: SEEDS= extends the stored runs; KEEP=0 trains those without weights again"
	@echo "  reproduce: TENSORBOARD=1 also writes event files for TensorBoard"
	@echo "  compare: LOSS=\"focal(gamma: 2)\" or TORCH=\"file.py:Name(alpha=0.3)\", with the stored runs of"
	@echo "           all losses or AGAINST=ce,recall in OUT=; RESULT=folder gets the runs and the page"

deps:  ## install what is missing of OpenBLAS, libpng, zlib, gnuplot and pkg-config
	@.ci/install $(LIBRARIES) gnuplot-nox

build:  ## compile, optimized for this machine; installs nothing
	@.ci/install --check $(LIBRARIES)
	swift build $(SWIFT_FLAGS)

# On a CPU that OpenBLAS does not know, the tests' own process would have its oldest kernels; the command
# says which ones it chooses instead.
test: deps build  ## run all tests
	@kernels=$$($(RECALLBENCH) --version | sed -n 's/^kernels: *\([A-Za-z0-9]*\), chosen by.*/\1/p'); \
	[ -z "$$kernels" ] || export OPENBLAS_CORETYPE="$$kernels"; \
	set -x; swift test $(SWIFT_FLAGS) --disable-testable-imports

lint:  ## check the format of all sources
	swift format lint --strict --recursive Sources Tests benchmarks/speed Package.swift \
	  $(addprefix benchmarks/own-loss/,Sources Tests Package.swift)

reproduce: deps build  ## train the sweep PROFILE, then make its tables and figures
	@$(RECALLBENCH) $(VERB) "$(SWEEP_FILE)" $(if $(OUT),--output "$(OUT)") $(RUN_FLAGS) \
	  $(if $(filter-out 0,$(KEEP)),--keep) \
  $(if $(filter-out 0,$(TENSORBOARD)),--tensorboard) --report

figures: deps build  ## make tables and figures again from stored runs, without training
	@$(RECALLBENCH) report "$(or $(OUT),$(SWEEP_FILE))" $(DATA_FLAGS)

findings: deps build  ## make all stored reports again, and docs/findings.md and README.md from their tables
	@for plan in results/*/sweep.json; do $(RECALLBENCH) report "$$(dirname "$$plan")" || exit; done
	@$(RECALLBENCH) results fill docs/findings.md.in --output docs/findings.md --force \
	  --section "In short" --into README.md

digits:  ## draw the data of PROFILE=digits, scenes of handwritten digits, into data/digits: DIGITS="--ratio 0.5"
	@$(call venv,own-data,benchmarks/own-data/requirements.txt)
	@$(call python,own-data) benchmarks/own-data/digits.py $(DIGITS)

compare: build  ## train LOSS= or TORCH= alone and compare it with stored runs
	@$(RECALLBENCH) compare $(if $(TORCH),--torch "$$TORCH",--loss "$$LOSS") \
	  $(if $(AGAINST),--against "$$AGAINST") --sweep "$(SWEEP_FILE)" \
	  $(if $(OUT),--baselines "$(OUT)") $(if $(RESULT),--output "$(RESULT)") $(RUN_FLAGS)

inspect: build  ## count and check the data in DATA=, SYNTHIA=, CITYSCAPES=, CAMVID=
	@$(RECALLBENCH) data inspect $(DATA_FLAGS)

clean:  ## remove what was built; results stay
	rm -rf .build

# What follows measures and checks RecallBench itself. Python and PyTorch go into virtual
# environments below .build; nothing above needs them.

REPORTS ?= $(wildcard results/quick/report.html results/camvid/report.html)
SHOTS   ?=
test-report:  ## look at REPORTS= in headless Chromium; SHOTS=folder keeps screenshots
	@.ci/install chromium
	@python3 Tests/Page/check.py $(REPORTS) $(if $(SHOTS),--shots "$(SHOTS)")

SECONDS ?= 600
SEED    ?= 1
TARGETS ?=
fuzz: build  ## read changed files with all that reads files: SECONDS=600 SEED=1 TARGETS=yaml,npy
	@.build/release/recallbench-fuzz --seconds $(SECONDS) --seed $(SEED) \
	  $(if $(TARGETS),--targets "$(TARGETS)") $(if $(OUT),--output "$(OUT)")

# The tests of kernels, losses, loaders, workers and readers. Optimized, since the kernels are too slow
# otherwise. OpenBLAS and Swift's own libraries are not instrumented: Tests/Sanitizers says what is
# therefore left out, and Tests/TestSupport/SeenMutex.swift shows a lock to the thread sanitizer.
SANITIZED = ^(Tensors|Losses|Models|Files|Checkpoints|Datasets|Experiments)Tests\.|FoundInputsTests
sanitized = $(2) swift test -Xswiftc -O -Xcc $(NATIVE) --no-color-diagnostics --sanitize $(1) \
  $(if $(filter thread,$(1)),-Xswiftc -DSANITIZE_THREAD) \
  --scratch-path .build-$(1) --filter '$(SANITIZED)'
sanitize: deps  ## run the tests with address and thread sanitizers (an hour; two builds of their own)
	$(call sanitized,address,LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Sanitizers/leaks.txt:print_suppressions=0)
	$(call sanitized,thread)

# $(call python,NAME,REQUIREMENTS): an interpreter with the packages of a file.
python = .build/$(1)/bin/python
venv = [ -x $(call python,$(1)) ] || python3 -m venv .build/$(1); \
  $(call python,$(1)) -m pip install --quiet --requirement $(2)

POINTS   ?= 260
COMMANDS ?=
SEED     ?= 1
JOBS     ?= $(THREADS)
crash-test: build  ## kill commands at POINTS= file operations, or fail these: Tests/Crash/table.md
	@python3 Tests/Crash/crash.py $(RECALLBENCH) --points $(POINTS) --seed "$(SEED)" --jobs $(JOBS) \
	  $(if $(COMMANDS),--commands "$(COMMANDS)",--table Tests/Crash/table.md)

# Runs on several ranks need a build with MPI; where the usual one has it, that one. CHECKS=ranks,rank-killed
# chooses checks.
WITH_MPI = $(if $(filter-out 0,$(MPI)),$(RECALLBENCH),.build/mpi/release/recallbench)
KILLS ?= 5
CHECKS ?=
test-cluster: build  ## run sweeps under a Slurm of this machine's own and kill them KILLS= times (needs root)
	@.ci/install munge slurm-wlm gnuplot-nox libopenmpi-dev openmpi-bin
	$(if $(filter-out 0,$(MPI)),,swift build $(SWIFT_FLAGS) --traits MPI --scratch-path .build/mpi --product recallbench)
	@python3 Tests/Cluster/check.py $(RECALLBENCH) --mpi $(WITH_MPI) --kills $(KILLS) --seed "$(SEED)" \
	  $(if $(CHECKS),--only "$(CHECKS)")

fixtures:  ## write the tests' reference files again, with PyTorch
	@$(call venv,fixtures,Tests/Fixtures/torch/requirements.txt)
	@for script in Tests/Fixtures/torch/*_fixtures.py; do \
	  echo "$$script"; OMP_NUM_THREADS=1 $(call python,fixtures) $$script || exit; done

bench-kernels: build  ## time layers, losses, training steps and data: benchmarks/speed/bench.json
	@$(SPEED) all --threads $(THREADS) --output benchmarks/speed/bench.json

# PEER="--quantities sweep training" measures only these, PEER=--resume what is missing; see peer.py --help.
PEER ?=
bench-peer: build  ## time training against PyTorch, in turn: benchmarks/speed/peer.md (half an hour)
	@$(call venv,bench-peer,benchmarks/speed/requirements.txt)
	@$(call python,bench-peer) benchmarks/speed/peer.py $(PEER)

bench-pytorch: bench-peer

bench-profile: build  ## time each kind of work in a training step: benchmarks/speed/profiles
	@python3 benchmarks/speed/profiles.py --executable $(SPEED) --threads $(THREADS)

bench-growth: build  ## time and memory against area, batch and width: benchmarks/speed/growth.png
	@$(SPEED) growth --threads $(THREADS) --points benchmarks/speed/growth.tsv \
	  --output benchmarks/speed/growth.json
	@cd benchmarks/speed && gnuplot growth.gp

bench-scale: build  ## with MPI=1: steps on several ranks, and the tables of docs/scale.md; 20 minutes
	@python3 benchmarks/speed/scale.py --executable $(SPEED)

# Eight lanes, whatever this CPU has. BLAS is the same library with the same kernels in both.
check-lanes: build  ## compare weights after a few steps with those of a build for AVX2: .build-haswell
	swift build $(subst $(NATIVE),-march=haswell,$(SWIFT_FLAGS)) --product recallbench-speed --scratch-path .build-haswell
	@mkdir -p .build-haswell/digests
	$(SPEED) digests --threads $(THREADS) > .build-haswell/digests/here
	.build-haswell/release/recallbench-speed digests --threads $(THREADS) > .build-haswell/digests/haswell
	@diff .build-haswell/digests/here .build-haswell/digests/haswell && cat .build-haswell/digests/here

parity: build  ## compare 20 steps of every loss with PyTorch's: benchmarks/pytorch-parity/steps.md
	@$(call venv,parity,benchmarks/pytorch-parity/requirements.txt)
	@$(call python,parity) benchmarks/pytorch-parity/parity.py --threads $(THREADS) $(PARITY)

parity-camvid: build  ## train CAMVID= here and in PyTorch, compare scores: benchmarks/pytorch-parity/camvid.md
	@$(call venv,parity,benchmarks/pytorch-parity/requirements.txt)
	@$(call python,parity) benchmarks/pytorch-parity/camvid.py --camvid "$(CAMVID)" --threads $(THREADS)
