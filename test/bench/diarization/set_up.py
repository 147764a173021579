#!/usr/bin/env python3
"""Installs the diarizer that ours is measured against in a virtual environment; what is there is left alone.

    python3 set_up.py FOLDER
"""

import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def main():
    venv = Path(sys.argv[1])
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--requirement", REQUIREMENTS], check=True)


if __name__ == "__main__":
    main()
