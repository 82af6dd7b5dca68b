//! An AWS control plane in this process, for tests, demos and offline work.
