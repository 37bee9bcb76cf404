from gitsum.cli import main

raise SystemExit(main())
