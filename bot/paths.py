"""Where the project's own files lie, found from this file and never from the working directory."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
COUNTRIES = DATA / "countries"
MODELS = ROOT / "models"
