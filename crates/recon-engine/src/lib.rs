//! The only loop that calls a provider: observe, apply, recover.
