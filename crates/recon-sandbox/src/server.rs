//! Serves a world over HTTP on loopback, and saves it.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::fault::Faults;
use crate::line::{Lines, Scissors};
use crate::persist;
use crate::quota::Quotas;
use crate::router::{Calls, Cloud, credential_scope, lock};
use crate::time;
use crate::wire::{Answer, Call, parse_form, percent_decode};
use crate::world::{Pace, World};

/// The largest request that is read: Lambda's own limit for code sent directly, with its encoding.
const BODY_BYTES_MAX: usize = 96 * 1024 * 1024;
/// How often a changed world is saved.
const SAVE_EVERY: Duration = Duration::from_secs(1);
/// How long calls in flight may take when the sandbox stops.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// How a sandbox behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen. Port 0 picks a free one.
    pub listen: SocketAddr,
    /// Where the world is kept between runs; nowhere without it.
    pub data_file: Option<PathBuf>,
    /// How long every call takes at least.
    pub latency: Duration,
    /// How long a function stays `Pending`, and an update `InProgress`.
    pub pending: Duration,
    /// How long Lambda cannot assume a role that was just created.
    pub role_propagation: Duration,
    /// Throttles by AWS's published request quotas, made this much higher; 1 is as AWS does.
    pub quotas: Option<f64>,
    /// Where the ids start; random without it.
    pub seed: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_file: None,
            latency: Duration::ZERO,
            pending: Duration::ZERO,
            role_propagation: Duration::ZERO,
            quotas: None,
            seed: None,
        }
    }
}

/// A sandbox that runs.
pub struct Running {
    endpoint: String,
    cloud: Arc<Cloud>,
    data_file: Option<PathBuf>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<io::Result<()>>,
    saving: JoinHandle<()>,
}

/// Starts a sandbox; it serves until it is stopped or its runtime ends.
pub async fn start(options: Options) -> io::Result<Running> {
    let pace = Pace {
        pending_ms: milliseconds(options.pending),
        role_propagation_ms: milliseconds(options.role_propagation),
    };
    let saved = options.data_file.as_deref().map(persist::load).transpose()?.flatten();
    let mut world = saved.unwrap_or_else(|| World::new(options.seed.unwrap_or_else(random_seed), pace));
    world.pace = pace;
    // Code is kept while the sandbox runs, because links to it may be out; a new start is the time to let go.
    world.lambda.sweep();
    let cloud = Arc::new(Cloud {
        world: Mutex::new(world),
        faults: Mutex::new(Faults::default()),
        calls: Mutex::new(Calls::default()),
        quotas: options.quotas.map(|factor| Mutex::new(Quotas::faster(factor))),
        latency: options.latency,
        dirty: AtomicBool::new(false),
    });
    let listener = TcpListener::bind(options.listen).await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(serve(listener, Arc::clone(&cloud), endpoint.clone(), stopped.clone()));
    let saving = tokio::spawn(save_regularly(Arc::clone(&cloud), options.data_file.clone(), stopped));
    Ok(Running { endpoint, cloud, data_file: options.data_file, stop, serving, saving })
}

impl Running {
    /// Returns where the sandbox listens, `http://127.0.0.1:PORT`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Stops serving, waits a moment for calls in flight, and saves.
    pub async fn stop(self) {
        let Self { endpoint: _, cloud, data_file, stop, mut serving, saving } = self;
        stop.send_replace(true);
        if tokio::time::timeout(STOP_PATIENCE, &mut serving).await.is_err() {
            serving.abort();
        }
        saving.abort();
        if let Some(path) = data_file {
            save(&cloud, &path).await;
        }
    }
}

async fn serve(
    listener: TcpListener,
    cloud: Arc<Cloud>,
    endpoint: String,
    mut stopped: watch::Receiver<bool>,
) -> io::Result<()> {
    let endpoint: Arc<str> = Arc::from(endpoint);
    let router =
        Router::new().fallback(move |ConnectInfo(scissors): ConnectInfo<Scissors>, request: Request| {
            let (cloud, endpoint) = (Arc::clone(&cloud), Arc::clone(&endpoint));
            async move { respond(&cloud, &endpoint, &scissors, request).await }
        });
    let service = router.into_make_service_with_connect_info::<Scissors>();
    axum::serve(Lines(listener), service)
        .with_graceful_shutdown(async move {
            drop(stopped.wait_for(|stop| *stop).await);
        })
        .await
}

async fn respond(cloud: &Cloud, endpoint: &str, scissors: &Scissors, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        let mut refused = Response::new(Body::empty());
        *refused.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return refused;
    };
    let call = call(&head, body.to_vec(), endpoint);
    response(cloud.answer(call, scissors).await)
}

fn call(head: &Parts, body: Vec<u8>, endpoint: &str) -> Call {
    let mut headers = std::collections::BTreeMap::new();
    for (name, value) in &head.headers {
        headers.insert(name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned());
    }
    let scope = headers.get("authorization").and_then(|header| credential_scope(header));
    let region = scope.map_or("us-east-1", |(region, _)| region).to_owned();
    let path = head.uri.path().trim_start_matches('/');
    Call {
        method: head.method.as_str().to_owned(),
        path: path.split('/').map(percent_decode).collect(),
        query: parse_form(head.uri.query().unwrap_or_default()),
        headers,
        body,
        region,
        endpoint: endpoint.to_owned(),
        request_id: uuid::Uuid::new_v4().to_string(),
        now_ms: time::now_ms(),
    }
}

fn response(answer: Answer) -> Response<Body> {
    let Answer { status, content_type, headers, body } = answer;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if !content_type.is_empty() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

async fn save_regularly(cloud: Arc<Cloud>, data_file: Option<PathBuf>, mut stopped: watch::Receiver<bool>) {
    let Some(path) = data_file else { return };
    loop {
        let stop = tokio::time::timeout(SAVE_EVERY, stopped.wait_for(|stop| *stop)).await.is_ok();
        if stop {
            return;
        }
        if cloud.dirty.load(Ordering::Relaxed) {
            save(&cloud, &path).await;
        }
    }
}

async fn save(cloud: &Cloud, path: &Path) {
    cloud.dirty.store(false, Ordering::Relaxed);
    let text = serde_json::to_vec(&*lock(&cloud.world));
    let path = path.to_owned();
    let written = match text {
        Ok(text) => tokio::task::spawn_blocking(move || persist::save(&path, &text)).await,
        Err(error) => Ok(Err(io::Error::other(error))),
    };
    match written {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            cloud.dirty.store(true, Ordering::Relaxed);
            tracing::warn!(%error, "save the sandbox");
        }
        Err(error) => tracing::warn!(%error, "save the sandbox"),
    }
}

fn random_seed() -> u64 {
    uuid::Uuid::new_v4().as_u64_pair().0
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
