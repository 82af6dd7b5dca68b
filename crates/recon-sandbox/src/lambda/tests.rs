//! The rules of functions, versions and aliases, call by call.

