"""Starting the command loads no process: above all, `hub serve` nothing that opens a record."""

import json
import subprocess
import sys

OPENING = ("exchange.opening", "keys.opening", "keys.keyring", "schemas.components", "fhir")
PROCESSES = ("services.node", "services.hub", "services.auditor", "sqlalchemy", "fastapi")


def loaded_after(code: str) -> set[str]:
    script = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_command_itself_loads_no_process() -> None:
    loaded = loaded_after("import services.cli.main")
    assert [name for name in (*OPENING, *PROCESSES) if name in loaded] == []


def test_what_hub_serve_loads_can_open_nothing() -> None:
    """The body of the command, up to the point where it would begin to serve."""
    loaded = loaded_after(
        "import services.cli.main\n"
        "from pathlib import Path\n"
        "from services.cli.hub import serve_hub\n"
        "try:\n"
        "    serve_hub(Path('/nowhere'))\n"
        "except Exception as error:\n"
        "    assert type(error).__name__ == 'StartError', error\n"
    )
    assert "services.hub.app" in loaded
    assert [name for name in OPENING if name in loaded] == []
