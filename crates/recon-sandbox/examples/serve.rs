//! Serves a sandbox until it is interrupted: `serve [PORT] [DATA_FILE|-] [PENDING_MS]`.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use recon_sandbox::Options;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a person or a script waits for the endpoint on stdout")]
async fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().map_or(Ok(0), |text| text.parse::<u16>()).map_err(io::Error::other)?;
    let data_file = arguments.next().filter(|path| path != "-").map(Into::into);
    let pending_ms = arguments.next().map_or(Ok(0), |text| text.parse::<u64>()).map_err(io::Error::other)?;
    let running = recon_sandbox::start(Options {
        listen: SocketAddr::from(([127, 0, 0, 1], port)),
        data_file,
        pending: Duration::from_millis(pending_ms),
        ..Options::default()
    })
    .await?;
    println!("{}", running.endpoint());
    tokio::signal::ctrl_c().await?;
    running.stop().await;
    Ok(())
}
