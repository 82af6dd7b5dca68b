//! What lives on disk: state file, journal, plan file, lock.
