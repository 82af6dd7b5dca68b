//! An AWS control plane in this process, for tests, demos and offline work.
//!
//! It speaks the wire protocols of Lambda, API Gateway v1, IAM, STS, CloudWatch Logs (groups) and S3 (objects) over
//! loopback HTTP, so that real clients, their signing and their error parsing run against it. It checks no signature
//! and enforces no policy: whoever reaches the port may do everything.

mod apigateway;
mod cloudtrail;
mod control;
mod fault;
mod iam;
mod ids;
mod lambda;
mod line;
mod logs;
mod model;
mod persist;
mod quota;
mod render;
mod route;
mod router;
mod s3;
mod server;
mod sts;
mod time;
mod token;
mod wire;
mod world;
mod xml;

pub use server::{Options, Running, start};
