from passwords.cli import main

raise SystemExit(main())
