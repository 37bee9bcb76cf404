from dups.cli import main

raise SystemExit(main())
