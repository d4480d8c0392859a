"""What a pipelines/NAME.toml says, validated:

    [capture]
    source = "hce"
    url = "${HCE_URL:-http://localhost:5000}"  # $VARIABLES are read when the capture runs
    token_env = "HCE_TOKEN"         # a secret goes by the name of its variable, never by its value
    duration = "30s"
    rounds = 5                      # captures, one after the other: their scatter tells noise from change
    watch = ["services/hce/**"]     # captured again where one of these files changed

    [merge]
    hide = ['^\\(garbage collector\\)$']

    [render]
    title = "Coordination HCE"

    [gate]
    fail_above = 2                  # points of share, or "5%"

    [history]
    keep = 100                      # profiles of the past, for comparisons and the trend

Each table is a stage, each key one of its flags; those of the gate are resq-report's. What is the same for all targets
stands in resq-flame.toml, in the same tables. A key or value that is not known is an error with file, line and key.
"""

from __future__ import annotations

from resq_flame.target.errors import TargetError
from resq_flame.target.reading import DEFAULTS, FOLDER, Target, check_values, load, load_all, load_defaults

__all__ = ["DEFAULTS", "FOLDER", "Target", "TargetError", "check_values", "load", "load_all", "load_defaults"]
