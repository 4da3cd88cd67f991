"""`python -m hotline`: how `up` starts its parts."""

from hotline.cli import main

main()
