"""``python -m warrant`` and the ``warrant`` command."""

from warrant.nodes.commands import run_from_shell as main

if __name__ == "__main__":
    main()
