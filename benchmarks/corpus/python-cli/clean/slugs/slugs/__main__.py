from slugs.cli import main

raise SystemExit(main())
