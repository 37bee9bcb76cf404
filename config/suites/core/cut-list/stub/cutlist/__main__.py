from cutlist.cli import main

raise SystemExit(main())
