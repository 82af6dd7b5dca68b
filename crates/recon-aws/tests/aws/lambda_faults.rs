//! What becomes of Lambda's objects when answers are lost, calls are refused, and changes take their time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use recon_core::provider::{ErrorKind, Provider};
use recon_core::resource_type::Catalog;
use recon_core::schema::Mode;
use recon_core::{Known, Number, Value};
use recon_sandbox::{Options, Running};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// A sandbox with a role, and a directory with code.
struct Rig {
    running: Running,
    provider: Arc<dyn Provider>,
    catalog: Catalog,
    role: String,
    code: tempfile::TempDir,
}

impl Rig {
    async fn start(options: Options) -> Self {
        let running = recon_sandbox::start(options).await.expect("starts");
        let each = ["lambda", "iam", "sts"].map(|service| (service, Value::from(running.endpoint())));
        let config = Value::object([
            ("region", Value::from("us-east-1")),
            ("access_key", "test".into()),
            ("secret_key", "test".into()),
            ("endpoints", Value::tuple(vec![Value::object(each)])),
        ]);
        let provider = recon_aws::connect(&Known::with_nulls(&config)).await.expect("connects");
        let mut catalog = Catalog::default();
        recon_aws::register(&mut catalog);
        let code = tempfile::tempdir().expect("a directory");
        std::fs::write(code.path().join("index.js"), "1").expect("writes");
        let mut rig = Self { running, provider, catalog, role: String::new(), code };
        let role = rig.want("aws_iam_role", &[("name", "r".into()), ("assume_role_policy", TRUST.into())]);
        let role = rig.provider.create("aws_iam_role", &role).await.expect("a role");
        role.str("arn").expect("an ARN").clone_into(&mut rig.role);
        rig
    }

    fn want(&self, kind: &str, arguments: &[(&'static str, Value)]) -> Known {
        let block = &self.catalog.resource(kind).expect("a type").schema().block;
        let mut value =
            Value::object(block.attributes.iter().map(|(name, attribute)| match &attribute.mode {
                Mode::Default(default) => (name.clone(), Value::from(default.clone())),
                _ => (name.clone(), Value::null(attribute.ty.clone())),
            }));
        for (name, nested) in &block.blocks {
            value = value.with(name, Value::null(nested.ty()));
        }
        for (name, argument) in arguments {
            value = value.with(name, argument.clone());
        }
        Known::with_nulls(&value)
    }

    fn function(&self, publish: bool) -> Known {
        self.want(
            "aws_lambda_function",
            &[
                ("function_name", "f".into()),
                ("role", self.role.as_str().into()),
                ("runtime", "nodejs20.x".into()),
                ("handler", "index.handler".into()),
                ("filename", self.code.path().to_str().expect("UTF-8").into()),
                ("publish", publish.into()),
            ],
        )
    }

    fn fault(&self, fault: &str) {
        let address = self.running.endpoint().trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("connects");
        let length = fault.len();
        write!(stream, "POST /_sandbox/faults HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{fault}").expect("sends");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answers");
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
    }

    fn calls(&self, operation: &str) -> u64 {
        self.provider.calls().get(operation).copied().unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_whose_create_lost_its_answer_is_found() {
    let rig = Rig::start(Options::default()).await;
    rig.fault(r#"[{"operation": "lambda:CreateFunction", "times": 1, "action": {"cut": "after"}}]"#);
    let made = rig.provider.create("aws_lambda_function", &rig.function(true)).await.expect("is made");
    assert_eq!(made.str("version"), Some("1"));
    assert_eq!(rig.calls("lambda:CreateFunction"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_another_made_is_not_taken_for_ours() {
    let rig = Rig::start(Options::default()).await;
    rig.provider.create("aws_lambda_function", &rig.function(false)).await.expect("is made");
    let failed = rig.provider.create("aws_lambda_function", &rig.function(false)).await.expect_err("exists");
    assert_eq!(failed.error.kind, ErrorKind::AlreadyExists);
    assert!(failed.left_behind.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_call_is_made_again() {
    let rig = Rig::start(Options::default()).await;
    rig.fault(r#"[{"operation": "lambda:GetFunction", "times": 2, "action": {"error": {"status": 429, "code": "TooManyRequestsException", "message": "Rate exceeded"}}}]"#);
    rig.provider.create("aws_lambda_function", &rig.function(false)).await.expect("is made");
    assert_eq!(rig.calls("lambda:GetFunction"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_call_names_the_action_and_is_not_repeated() {
    let rig = Rig::start(Options::default()).await;
    rig.fault(r#"[{"operation": "lambda:CreateFunction", "action": {"error": {"status": 403, "code": "AccessDeniedException", "message": "User is not authorized"}}}]"#);
    let failed =
        rig.provider.create("aws_lambda_function", &rig.function(false)).await.expect_err("is denied");
    assert_eq!(failed.error.kind, ErrorKind::AccessDenied);
    assert!(failed.error.help.expect("has help").contains("lambda:CreateFunction"));
    assert_eq!(rig.calls("lambda:CreateFunction"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_exists_after_a_failed_update_is_remembered() {
    let rig = Rig::start(Options::default()).await;
    let want = rig.function(false);
    let made = rig.provider.create("aws_lambda_function", &want).await.expect("is made");
    rig.fault(r#"[{"operation": "lambda:PutFunctionConcurrency", "action": {"error": {"status": 400, "code": "InvalidParameterValueException", "message": "no"}}}]"#);
    let number = |number: i64| Known::with_nulls(&Value::from(Number::from(number)));
    let want =
        made.clone().with_part("timeout", number(30)).with_part("reserved_concurrent_executions", number(5));
    let failed = rig.provider.update("aws_lambda_function", &made, &want).await.expect_err("fails");
    let left = failed.left_behind.expect("the function");
    assert_eq!(left.get("timeout").as_i64(), Some(30));
    assert_eq!(left.get("reserved_concurrent_executions").as_i64(), Some(-1));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_roles_and_pending_functions_are_waited_for() {
    let (pending, role_propagation) = (Duration::from_millis(300), Duration::from_millis(700));
    let rig = Rig::start(Options { pending, role_propagation, ..Options::default() }).await;
    let made = rig.provider.create("aws_lambda_function", &rig.function(true)).await.expect("is made");
    std::fs::write(rig.code.path().join("index.js"), "2").expect("writes");
    let text = Known::with_nulls(&Value::null(recon_core::Type::String));
    let timeout = Known::with_nulls(&Value::from(Number::from(30)));
    let want = made.clone().with_part("timeout", timeout).with_part("code_sha256", text);
    let changed = rig.provider.update("aws_lambda_function", &made, &want).await.expect("is changed");
    assert_eq!((changed.str("version"), changed.get("timeout").as_i64()), (Some("2"), Some(30)));
}
