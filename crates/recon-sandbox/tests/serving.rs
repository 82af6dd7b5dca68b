//! The sandbox as its callers see it: over HTTP, stopped and started again, and cut off on request.
#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::time::Duration;

use recon_sandbox::{Options, Running, start};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const ROLE: &str = "Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument=%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%22*%22%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
const GET_ROLE: &str = "Action=GetRole&Version=2010-05-08&RoleName=r";

async fn connect(sandbox: &Running) -> TcpStream {
    TcpStream::connect(sandbox.endpoint().trim_start_matches("http://")).await.unwrap()
}

/// Sends one request on a line that stays open; returns the response, empty where the line was cut.
async fn send(line: &mut TcpStream, head: &str, service: &str, body: &str) -> String {
    let scope = format!("Credential=AKID/20260101/us-east-1/{service}/aws4_request");
    let request = format!(
        "{head} HTTP/1.1\r\nHost: localhost\r\nAuthorization: AWS4-HMAC-SHA256 {scope}, Signature=0\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    line.write_all(request.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    let mut part = [0; 4096];
    loop {
        let read = line.read(&mut part).await.unwrap_or(0);
        response.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&response).into_owned();
        if read == 0 || complete(&text) {
            return text;
        }
    }
}

fn complete(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
    length.is_none_or(|length| body.len() >= length.parse().unwrap())
}

async fn once(sandbox: &Running, head: &str, service: &str, body: &str) -> String {
    send(&mut connect(sandbox).await, head, service, body).await
}

#[tokio::test]
async fn world_outlives_the_process_in_its_file() {
    let directory = tempfile::tempdir().unwrap();
    let options = || Options { data_file: Some(directory.path().join("cloud.json")), ..Options::default() };
    let first = start(options()).await.unwrap();
    assert!(once(&first, "POST /", "iam", ROLE).await.starts_with("HTTP/1.1 200"));
    first.stop().await;
    let second = start(options()).await.unwrap();
    assert!(once(&second, "POST /", "iam", GET_ROLE).await.contains("<RoleName>r</RoleName>"));
    assert!(once(&second, "POST /_sandbox/reset", "", "").await.starts_with("HTTP/1.1 204"));
    assert!(once(&second, "POST /", "iam", GET_ROLE).await.starts_with("HTTP/1.1 404"));
    second.stop().await;
}

#[tokio::test]
async fn line_stays_open_for_further_calls() {
    let sandbox = start(Options::default()).await.unwrap();
    let mut line = connect(&sandbox).await;
    for _ in 0..3 {
        let answer = send(&mut line, "POST /", "sts", "Action=GetCallerIdentity").await;
        assert!(answer.contains("<Account>123456789012</Account>"), "{answer}");
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn line_is_cut_before_or_after_the_call_took_effect() {
    for (moment, found) in [("before", "HTTP/1.1 404"), ("after", "HTTP/1.1 200")] {
        let sandbox = start(Options::default()).await.unwrap();
        let fault = format!(r#"[{{"operation":"iam:CreateRole","times":1,"action":{{"cut":"{moment}"}}}}]"#);
        assert!(once(&sandbox, "POST /_sandbox/faults", "", &fault).await.starts_with("HTTP/1.1 200"));
        assert_eq!(once(&sandbox, "POST /", "iam", ROLE).await, "");
        assert!(once(&sandbox, "POST /", "iam", GET_ROLE).await.starts_with(found), "{moment}");
        sandbox.stop().await;
    }
}

#[tokio::test]
async fn calls_are_counted() {
    let sandbox = start(Options::default()).await.unwrap();
    once(&sandbox, "POST /", "iam", ROLE).await;
    once(&sandbox, "POST /", "iam", GET_ROLE).await;
    let counts = once(&sandbox, "GET /_sandbox/calls", "", "").await;
    let expected =
        r#"{"total":2,"mutating":1,"throttled":{},"operations":{"iam:CreateRole":1,"iam:GetRole":1}}"#;
    assert!(counts.ends_with(expected), "{counts}");
    once(&sandbox, "DELETE /_sandbox/calls", "", "").await;
    assert!(once(&sandbox, "GET /_sandbox/calls", "", "").await.contains(r#""total":0"#));
    sandbox.stop().await;
}

#[tokio::test]
async fn unknown_operation_says_what_was_asked() {
    let sandbox = start(Options::default()).await.unwrap();
    let answer = once(&sandbox, "GET /2099-01-01/nothing", "lambda", "").await;
    assert!(answer.starts_with("HTTP/1.1 501"), "{answer}");
    assert!(
        answer.contains("UnknownOperationException") && answer.contains("GET /2099-01-01/nothing"),
        "{answer}"
    );
    sandbox.stop().await;
}

#[tokio::test]
async fn quotas_throttle_when_asked_to() {
    let sandbox = start(Options { quotas: Some(1.0), ..Options::default() }).await.unwrap();
    let mut line = connect(&sandbox).await;
    let mut throttled = 0;
    for _ in 0..30 {
        let answer = send(&mut line, "GET /2015-03-31/functions", "lambda", "").await;
        throttled += usize::from(answer.starts_with("HTTP/1.1 429"));
    }
    assert!(throttled >= 10, "{throttled}");
    sandbox.stop().await;
}

#[tokio::test]
async fn stopping_does_not_wait_for_idle_lines() {
    let sandbox = start(Options::default()).await.unwrap();
    let mut line = connect(&sandbox).await;
    send(&mut line, "POST /", "sts", "Action=GetCallerIdentity").await;
    tokio::time::timeout(Duration::from_secs(5), sandbox.stop()).await.unwrap();
}
