from watershare.cli import main

raise SystemExit(main())
