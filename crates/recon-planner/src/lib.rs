//! Decides what changes, in which order, and why; pure and synchronous.
