# Flame graphs, for make: include flame.mk
#
#   make flame              every target of pipelines/
#   make flame-api          one
#   make flame-gate-api     and fail where it became slower than its baseline (make flame-baseline-api keeps one)
#
# doit keeps account of what is to be done, so these are no files; -j of make is no matter: each is one doit.

RESQ_FLAME ?= resq-flame
FLAME_TARGETS := $(patsubst pipelines/%.toml,%,$(wildcard pipelines/*.toml))

.PHONY: flame $(FLAME_TARGETS:%=flame-%) $(FLAME_TARGETS:%=flame-gate-%) $(FLAME_TARGETS:%=flame-baseline-%)

flame:
	$(RESQ_FLAME) run $(FLAME_TARGETS)

$(FLAME_TARGETS:%=flame-%): flame-%:
	$(RESQ_FLAME) run $*

$(FLAME_TARGETS:%=flame-gate-%): flame-gate-%:
	$(RESQ_FLAME) run --step gate $*

$(FLAME_TARGETS:%=flame-baseline-%): flame-baseline-%:
	$(RESQ_FLAME) run --step baseline $*
