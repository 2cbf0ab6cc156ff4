"""`python -m arrears`: the command where its script is not on the path."""

from arrears.cli import main

if __name__ == "__main__":
    main()
