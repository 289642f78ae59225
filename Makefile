# marrow: `make demo` shows a treated leukaemia, `make test` checks everything, `make help` lists the rest.
# What is made goes to build/ (programs, logs) and out/ (runs); nothing is downloaded but Debian packages.

VERSION := 0.1.0
PREFIX  ?= /usr/local
BUILD   ?= build
SECONDS ?= 60
NVCC    ?= nvcc
VIEWER  ?= yes
IMGUI   ?= /usr/include/imgui

# For the targets a newcomer types; whoever gave -j has said how many.
PARALLEL = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

# Only the rules below: the built-in ones would try to link dependency files into programs.
MAKEFLAGS += --no-builtin-rules

# Debian 12 packages: to build, run, plot and test; and what a developer's targets need beside them.
DEPS     := build-essential pkg-config libyaml-dev libcjson-dev libsundials-dev opencl-c-headers \
            ocl-icd-libopencl1 pocl-opencl-icd libcmocka-dev libopenmpi-dev openmpi-bin gnuplot-nox \
            libhdf5-dev libpng-dev libsdl2-dev libimgui-dev fonts-dejavu-core scdoc librandom123-dev
DEV_DEPS := clang clang-format clang-tidy libclang-rt-14-dev cppcheck xvfb xauth xdotool ffmpeg chromium poppler-utils slurm-wlm munge \
            paraview python3-paraview python3-h5py python3-scipy r-cran-desolve r-cran-hdf5r octave

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin CXX),default)
CXX := g++
endif

# Contraction stays off everywhere: results must be the same bits on every machine.
WARNINGS := -Wall -Wextra -Wpedantic -Wmissing-prototypes -Werror
PACKAGES := yaml-0.1 libcjson hdf5-serial libpng
# One population over several processes, where MPI is (MPI=no leaves it out).
ifneq ($(MPI),no)
ifeq ($(shell pkg-config --exists ompi-c && echo yes),yes)
PACKAGES += ompi-c
CPPFLAGS += -DMARROW_MPI
endif
endif
# Includes name their part of the tree: "sim/sim.h" (of host/), "kernels/types.h", "viz/session.h".
INCLUDES := -iquote host -iquote .
COMMON   := -std=c17 -D_GNU_SOURCE -DTARGET_C -ffp-contract=off $(INCLUDES) $(WARNINGS) -pthread -g $(SANITIZE)
CFLAGS   ?= -O2
CPPFLAGS += $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
HOST     := $(COMMON) $(CFLAGS) $(CPPFLAGS)
KERNEL   := $(COMMON) -O3 -fno-math-errno -fno-trapping-math
# SUNDIALS has no .pc file in Debian. OpenCL is opened at run time: only its headers are needed here.
LIBS     := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lsundials_cvode -lsundials_nvecserial -lm

# The kernels are compiled once per instruction set; host/backend_cpu.c picks one at run time.
ifeq ($(shell $(CC) -dumpmachine | cut -d- -f1),x86_64)
SETS := x86_64_v3 x86_64_v4
else
SETS := native
endif
ARCH_x86_64_v3 := -march=x86-64-v3
ARCH_x86_64_v4 := -march=x86-64-v4

# The session behind the viewer knows no display and is part of the library; the rest of viz/ is the window, a program
# of its own, so that `marrow` never loads a display library. VIEWER=no, or a missing package, leaves it out.
WINDOW   := $(filter-out viz/session%,$(wildcard viz/*.c viz/*.cpp))
SCREEN   := sdl2
ifneq ($(and $(filter-out no,$(VIEWER)),$(WINDOW),$(shell pkg-config --exists $(SCREEN) && echo yes),$(wildcard $(IMGUI)/imgui.h)),)
PROGRAMS := $(BUILD)/marrow $(BUILD)/marrow-view
else
PROGRAMS := $(BUILD)/marrow
endif

SOURCES := $(wildcard host/*/*.c) $(wildcard viz/session*.c)
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(SETS:%=$(BUILD)/kernels/%.o) $(BUILD)/kernel_source.o $(BUILD)/kernel_fatbin.o \
           $(BUILD)/policy_texts.o $(BUILD)/drug_texts.o
LIBRARY := $(BUILD)/libmarrow.a
TESTS   := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/test_*.c))
SCRIPTS := $(wildcard tests/test_*.sh)
LONG    := $(wildcard tests/long_*.sh)
FORMATTED = $(wildcard host/*.[ch] host/*/*.[ch] kernels/*.[ch] tests/*.[ch] viz/*.[ch] viz/*.cpp)

.PHONY: all man uninstall deps deps-dev demo plot portable golden pictures test test-programs unit test-all check-kernels long gpu-check bench asan ubsan fuzz fuzz-checkpoint fuzz-view hands \
        format format-check lint info help clean install FORCE
.DELETE_ON_ERROR:

# `make V=1` shows whole commands.
ifdef V
say =
else
say = @echo "$(1) $@";
endif

all: $(PROGRAMS) ## the program, build/marrow, and its viewer (default)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{ printf "make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

## Building

$(BUILD)/marrow: $(BUILD)/host/main.o $(LIBRARY)
	$(call say,link)$(CC) $(HOST) $(LDFLAGS) -o $@ $^ $(LIBS)

$(LIBRARY): $(OBJECTS)
	$(call say,ar  )rm -f $@; $(AR) rcs $@ $^

$(BUILD)/host/%.o: host/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,cc  )$(CC) $(HOST) -MMD -MP -c -o $@ $<

$(BUILD)/marrow-view: $(WINDOW:%=$(BUILD)/%.o) $(LIBRARY)
	$(call say,link)$(CXX) $(LDFLAGS) $(SANITIZE) -pthread -o $@ $^ -limgui -lstb $(shell pkg-config --libs $(SCREEN)) $(LIBS)

# Only the window's own objects see the display's headers.
$(BUILD)/viz/%.o: viz/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,cc  )$(CC) $(HOST) -MMD -MP -c -o $@ $<

$(BUILD)/viz/%.c.o: viz/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,cc  )$(CC) $(HOST) $(shell pkg-config --cflags $(SCREEN)) -MMD -MP -c -o $@ $<

# ImGui's headers are not ours to warn about. Its own types are all that C++ is here for.
$(BUILD)/viz/%.cpp.o: viz/%.cpp $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,c++ )$(CXX) -std=c++17 -D_GNU_SOURCE -DTARGET_C $(INCLUDES) $(filter-out -Wmissing-prototypes,$(WARNINGS)) -fno-exceptions -fno-rtti -pthread \
	  -g $(SANITIZE) $(CFLAGS) $(CPPFLAGS) $(shell pkg-config --cflags $(SCREEN)) -isystem $(IMGUI) -MMD -MP -c -o $@ $<

# Version and git id go into this one object; nothing else is rebuilt when they change.
$(BUILD)/host/base/version.o: HOST += -DMARROW_VERSION='"$(VERSION)"' -DMARROW_GIT='"$(shell cat $(BUILD)/git-id)"' \
                                 -DMARROW_FLAGS='"$(CFLAGS) $(SANITIZE)"' -DMARROW_SETS='"$(SETS)"'
$(BUILD)/host/base/version.o: $(BUILD)/git-id

$(BUILD)/kernels/%.o: kernels/kernels_c.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,cc  )$(CC) $(KERNEL) $(ARCH_$*) -DKERNEL_SET=kernels_$* -MMD -MP -c -o $@ $<

$(BUILD)/kernel_source.c: kernels/embed.sh $(wildcard kernels/*.h)
	@mkdir -p $(@D)
	$(call say,text)sh kernels/embed.sh $@

# For machines with a CUDA driver and no NVRTC; empty where there is no nvcc, or with `make NVCC=`.
$(BUILD)/kernel_fatbin.c: kernels/fatbin.sh $(wildcard kernels/*.h)
	@mkdir -p $(@D)
	$(call say,nvcc)NVCC='$(NVCC)' sh kernels/fatbin.sh $@

$(BUILD)/kernel_%.o: $(BUILD)/kernel_%.c
	$(call say,cc  )$(CC) $(HOST) -c -o $@ $<

# Policies by name work wherever the program runs; a copy of one of these files, changed, is given by its path.
POLICIES := $(wildcard configs/policies/*.yaml)

# Other drugs; beside them lie other conjugates, which are configs.
DRUGS := $(shell grep -l '^agents:' configs/drugs/*.yaml)

$(BUILD)/policy_texts.c: host/base/embed_texts.sh $(POLICIES)
	@mkdir -p $(@D)
	$(call say,text)sh host/base/embed_texts.sh $@ policy_texts $(POLICIES)

$(BUILD)/drug_texts.c: host/base/embed_texts.sh $(DRUGS)
	@mkdir -p $(@D)
	$(call say,text)sh host/base/embed_texts.sh $@ drug_texts $(DRUGS)

$(BUILD)/%_texts.o: $(BUILD)/%_texts.c host/base/built_in.h
	$(call say,cc  )$(CC) $(HOST) -c -o $@ $<

$(BUILD)/tests/%: tests/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call say,cc  )$(CC) $(HOST) -MMD -MP $(LDFLAGS) -o $@ $< $(LIBRARY) $(LIBS) -lcmocka

# A CUDA driver and compiler for tests on machines without (tests/fake_cuda.c says what they watch over). Each is
# alone in its folder, so that a test may want one without the other.
FAKES := $(BUILD)/tests/cuda/libcuda.so.1 $(BUILD)/tests/nvrtc/libnvrtc.so.12
SHARED = $(KERNEL) $(ARCH_$(firstword $(SETS))) -DKERNEL_SET=kernels_native -fPIC -shared -MMD -MP

$(BUILD)/tests/test_cuda: | $(FAKES)

$(BUILD)/tests/cuda/libcuda.so.1: tests/fake_cuda.c kernels/kernels_c.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,cc  )$(CC) $(SHARED) -DPACK=4u -MF $(BUILD)/tests/fake_cuda.d -o $@ $< kernels/kernels_c.c

$(BUILD)/tests/nvrtc/libnvrtc.so.12: tests/fake_nvrtc.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,cc  )$(CC) $(SHARED) -MF $(BUILD)/tests/fake_nvrtc.d -o $@ $<

# These two change only when what they hold does: other flags rebuild everything, another commit version.o.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D); echo '$(CC) $(HOST) $(KERNEL) $(VERSION)' > $@.new; cmp -s $@.new $@ || cp $@.new $@

$(BUILD)/git-id: FORCE
	@mkdir -p $(@D); (git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown) > $@.new; \
	  cmp -s $@.new $@ || cp $@.new $@

# Pages hold what the program says of itself, so they are made after it.
man: $(BUILD)/man/marrow.1 ## the man pages, in build/man

$(BUILD)/man/marrow.1: $(BUILD)/marrow docs/man.sh $(wildcard docs/man/*.scd)
	@rm -rf $(@D)
	$(call say,man )sh docs/man.sh $(BUILD)/marrow $(VERSION) $(@D)

-include $(wildcard $(BUILD)/host/*.d $(BUILD)/host/*/*.d $(BUILD)/viz/*.d $(BUILD)/kernels/*.d $(BUILD)/tests/*.d)

# The rules' table and its cases: made by their test, which fails when it is old.
docs/rules.md: $(BUILD)/tests/test_policy tests/policy_cases.txt
	$(call say,doc )$(BUILD)/tests/test_policy --table > $(BUILD)/rules.md && mv $(BUILD)/rules.md $@

## Using

deps: ## installs the Debian packages that are missing (sudo if you are not root)
	@sh tests/deps.sh $(DEPS)

deps-dev: ## the same, with the developer's tools
	@sh tests/deps.sh $(DEPS) $(DEV_DEPS)

demo: deps ## a typical adult under the label regimen: run, weekly table, where the files are
	@$(MAKE) --no-print-directory $(PARALLEL) all
	$(BUILD)/marrow run configs/label.yaml -o out/label --force
	@awk -f docs/weekly.awk out/label/timeseries.csv
	@echo; echo "Files in out/label: timeseries.csv (every column), events.csv, doses.csv, config.yaml, run.json"
	@echo "Draw them: make plot. Another patient: ls configs, then $(BUILD)/marrow run configs/NAME.yaml -o out/NAME"

plot: out/label/timeseries.csv ## docs/label.svg from the demo's run
	gnuplot -e "run='out/label'; picture='docs/label.svg'" docs/label.gp

out/label/timeseries.csv:
	$(MAKE) demo

gpu-check: ## on a machine with an NVIDIA GPU: the same bits as cpu, and how fast; needs no network
	@bash tests/gpu_check.sh $(BUILD)

# One folder that runs on any Linux of this processor without root or packages: the program without MPI, the libraries
# it needs but for the C library's own, the configs.
PORTABLE := $(BUILD)/marrow-$(VERSION)-$(shell uname -m)

golden: all ## the viewer's pictures in tests/golden anew: look at them before they are committed
	cd tests && SDL_VIDEODRIVER=dummy SDL_RENDER_DRIVER=software MARROW_GOLDEN=renew $(abspath $(BUILD))/marrow-view \
	  --script view/golden.txt ../configs/label.yaml -s simulation.agents=5000

SHOWN = SDL_VIDEODRIVER=dummy SDL_RENDER_DRIVER=software $(BUILD)/marrow-view --script
pictures: all ## the viewer's pictures in docs/view anew: look at them before they are committed
	$(SHOWN) docs/view/pictures.txt configs/label.yaml
	$(SHOWN) docs/view/tour.txt --tour adc

portable: $(PORTABLE).tar.gz ## a relocatable tarball, for clusters without root

$(BUILD)/ranks_alone.o: host/base/ranks.c $(BUILD)/flags
	$(call say,cc  )$(CC) $(HOST) -UMARROW_MPI -c -o $@ $<

$(PORTABLE).tar.gz: $(BUILD)/host/main.o $(BUILD)/ranks_alone.o $(LIBRARY) $(wildcard configs/*.yaml configs/*/*) README.md
	@rm -rf $(PORTABLE); mkdir -p $(PORTABLE)/lib
	$(call say,link)$(CC) $(HOST) -Wl,--as-needed -Wl,--disable-new-dtags -Wl,-rpath,'$$ORIGIN/lib' $(LDFLAGS) -o $(PORTABLE)/marrow \
	  $(filter %.o %.a,$^) $(LIBS)
	@ldd $(PORTABLE)/marrow | awk '/=> \//{ print $$3 }' | grep -vE '/(libc|libm|libdl|libpthread|librt)\.so' | \
	  xargs -r cp -L -t $(PORTABLE)/lib
	@cp -R --parents configs README.md LICENSE $(DOCS) $(PORTABLE)
	@tar -C $(BUILD) -czf $@ $(notdir $(PORTABLE)); ls -sh $@

bench: all ## the standard measurements of speed
	$(BUILD)/marrow bench

info: all ## what it was built with, and the devices it finds
	@$(BUILD)/marrow version
	@$(BUILD)/marrow devices

SHARE = $(DESTDIR)$(PREFIX)/share
CONFIG_FOLDERS := regimens policies drugs tours
# What README's links lead to.
DOCS := $(wildcard docs/*.md docs/*.svg docs/*.awk docs/view/*.png docs/slurm/*.sbatch)

install: all man ## to $(DESTDIR)$(PREFIX)
	install -D -m 755 $(BUILD)/marrow $(DESTDIR)$(PREFIX)/bin/marrow
	[ ! -x $(BUILD)/marrow-view ] || install -D -m 755 $(BUILD)/marrow-view $(DESTDIR)$(PREFIX)/libexec/marrow/marrow-view
	install -d $(addprefix $(SHARE)/marrow/configs/,$(CONFIG_FOLDERS)) $(SHARE)/doc/marrow
	install -m 644 $(wildcard configs/*.*) $(SHARE)/marrow/configs
	for folder in $(CONFIG_FOLDERS); do install -m 644 configs/$$folder/* $(SHARE)/marrow/configs/$$folder; done
	install -m 644 README.md LICENSE $(SHARE)/doc/marrow
	for file in $(DOCS); do install -D -m 644 $$file $(SHARE)/doc/marrow/$$file; done
	install -d $(SHARE)/man/man1 $(SHARE)/man/man5
	install -m 644 $(BUILD)/man/*.1 $(SHARE)/man/man1
	install -m 644 $(BUILD)/man/*.5 $(SHARE)/man/man5
	install -D -m 644 docs/completion.bash $(SHARE)/bash-completion/completions/marrow

# Files by their names: what somebody laid beside them stays, and so do folders shared with other programs.
uninstall: ## takes away what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/marrow $(DESTDIR)$(PREFIX)/libexec/marrow/marrow-view
	@[ ! -d $(DESTDIR)$(PREFIX)/libexec/marrow ] || rmdir --ignore-fail-on-non-empty $(DESTDIR)$(PREFIX)/libexec/marrow
	rm -f $(patsubst %,$(SHARE)/doc/marrow/%,README.md LICENSE $(DOCS))
	rm -f $(patsubst %,$(SHARE)/marrow/%,$(wildcard configs/*.* $(CONFIG_FOLDERS:%=configs/%/*)))
	@for folder in doc/marrow/docs/view doc/marrow/docs/slurm doc/marrow/docs doc/marrow $(CONFIG_FOLDERS:%=marrow/configs/%) marrow/configs marrow; do \
	  [ ! -d $(SHARE)/$$folder ] || rmdir --ignore-fail-on-non-empty $(SHARE)/$$folder; done
	rm -f $(SHARE)/man/man1/marrow.1 $(SHARE)/man/man1/marrow-*.1 $(SHARE)/man/man5/marrow-config.5
	rm -f $(SHARE)/bash-completion/completions/marrow

clean: ## removes build/ (runs in out/ stay)
	rm -rf $(BUILD)

## Checking

test: ## every test; ends with the counts
	@$(MAKE) --no-print-directory $(PARALLEL) test-programs
	@tests/run.sh $(BUILD) $(TESTS) $(SCRIPTS)

test-programs: $(PROGRAMS) $(TESTS) $(FAKES) $(PORTABLE).tar.gz

unit: $(TESTS)
	@tests/run.sh $(BUILD) $(TESTS)

# One after the other: two at a time would measure each other.
test-all: ## everything there is (needs deps-dev)
	@for stage in test long check-kernels asan ubsan fuzz-view lint format-check; do \
	  $(MAKE) --no-print-directory $(PARALLEL) $$stage || exit 1; done

long: $(PROGRAMS) $(TESTS) ## what takes longer, or needs other programs to check against (deps-dev)
	@tests/run.sh $(BUILD) $(LONG)

check-kernels: $(BUILD)/tests/nvrtc_code ## kernels as C, OpenCL C and CUDA: what GPUs are given, as a table
	sh kernels/check.sh $(BUILD)/tests/nvrtc_code

# Leaks that are not ours: see tests/leaks.supp.
asan: ## unit tests with the address sanitizer and its leak check
	ASAN_OPTIONS=halt_on_error=1:detect_leaks=1:verify_asan_link_order=0 LSAN_OPTIONS=suppressions=$(CURDIR)/tests/leaks.supp \
	  $(MAKE) BUILD=build/asan SANITIZE="-fsanitize=address -fno-omit-frame-pointer" unit

ubsan: ## unit tests with the undefined-behaviour sanitizer
	UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	  $(MAKE) BUILD=build/ubsan SANITIZE="-fsanitize=undefined -fno-sanitize-recover=all" unit

# Any bytes a user may name on the command line go through the config module or, as rules, through policy.
FUZZED := clang -std=c17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(INCLUDES) $(CPPFLAGS)

fuzz: $(BUILD)/policy_texts.c ## any bytes as a config and as rules, for SECONDS=60 each
	@mkdir -p build/fuzz/corpus build/fuzz/rules
	$(FUZZED) -o build/fuzz/config tests/fuzz_config.c $(wildcard host/config/*.c) host/base/text.c host/base/status.c -lyaml -lm
	$(FUZZED) -o build/fuzz/policy tests/fuzz_policy.c $(wildcard host/config/*.c host/clinic/policy*.c) $(BUILD)/policy_texts.c \
	  host/clinic/labs.c host/base/text.c host/base/status.c -lyaml -lm
	cp configs/*.yaml build/fuzz/corpus; cp $(POLICIES) build/fuzz/rules
	build/fuzz/config -max_total_time=$(SECONDS) -max_len=4096 -timeout=10 build/fuzz/corpus
	build/fuzz/policy -max_total_time=$(SECONDS) -max_len=8192 -timeout=10 build/fuzz/rules

# Everything a checkpoint goes through is watched for errors, the first intervals after it included; what reads it is
# steered by as well.
WATCHED := -fsanitize=address,undefined -fno-sanitize-recover=all -Wno-pass-failed
READING := $(addprefix host/,files/checkpoint.c files/checkpoint_hdf.c run/run_checkpoint.c sim/sim_pieces.c \
           dosing/dosing_pieces.c base/pieces.c base/seal.c)
fuzz-checkpoint: ## cut, damaged and odd checkpoints, for SECONDS=60
	@mkdir -p build/fuzz/checkpoints
	$(MAKE) --no-print-directory CC=clang BUILD=build/fuzz SANITIZE="$(WATCHED)" build/fuzz/libmarrow.a
	clang $(HOST) -O1 $(WATCHED) -fsanitize=fuzzer -o build/fuzz/checkpoint tests/fuzz_checkpoint.c $(READING) \
	  build/fuzz/libmarrow.a $(LIBS)
	LSAN_OPTIONS=suppressions=$(CURDIR)/tests/leaks.supp build/fuzz/checkpoint -max_total_time=$(SECONDS) -max_len=256 \
	  -len_control=0 -detect_leaks=0 -timeout=120 -close_fd_mask=2 build/fuzz/checkpoints

# The first seed's record is played again, which takes as long; then come some other seeds.
fuzz-view: ## random hands on the window under the address sanitizer, for SECONDS=60
	FUZZ_SECONDS=$(SECONDS) LIMIT=$$((600 + 3 * $(SECONDS))) $(MAKE) BUILD=build/asan SANITIZE="-fsanitize=address -fno-omit-frame-pointer" hands

hands: $(PROGRAMS)
	@tests/run.sh $(BUILD) tests/long_hands.sh

format: ## clang-format, in place
	@clang-format -i $(FORMATTED)

format-check:
	@clang-format --dry-run -Werror $(FORMATTED)

LINTED = $(wildcard host/*.c host/*/*.c viz/*.c) kernels/kernels_c.c
lint: ## clang-tidy and cppcheck; silent when clean
	@echo $(LINTED) | xargs -n 4 -P $(shell nproc) sh -c 'clang-tidy --quiet "$$@" -- $(filter-out -Werror,$(HOST)) \
	  $(shell pkg-config --cflags $(SCREEN) 2>/dev/null) -DKERNEL_SET=kernels_native -DMARROW_VERSION=\"\" -DMARROW_GIT=\"\" \
	  -DMARROW_FLAGS=\"\" -DMARROW_SETS=\"\" 2>&1 | { ! grep -vE "^[0-9]+ warnings? generated\.$$"; }' lint
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
	  --suppress=missingIncludeSystem --suppress=arrayIndexOutOfBoundsCond -DTARGET_C -D__x86_64__ -D__GNUC__=12 -I. -Ihost host viz
