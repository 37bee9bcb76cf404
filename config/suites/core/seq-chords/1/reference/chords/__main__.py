from chords.cli import main

raise SystemExit(main())
