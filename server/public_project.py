"""What the project of the public models is called; by itself, since the command line has to know it before all else."""

from typing import Final

PUBLIC_PROJECT: Final = "bigdata_public_modelset"
