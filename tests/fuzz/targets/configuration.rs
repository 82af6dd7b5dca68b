//! Fuzzes configurations: bytes as a file of Terraform's language.

#![no_main]

#[path = "../entry.rs"]
#[allow(dead_code, reason = "each target uses one of them")]
mod entry;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entry::configuration(bytes));
