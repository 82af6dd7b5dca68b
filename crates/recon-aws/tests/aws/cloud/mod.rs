//! A control plane to test against: the sandbox, or the one at `RECON_TEST_ENDPOINT`.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "every test file uses its part of it")]
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test that cannot go on fails")]
#![allow(clippy::large_futures, reason = "a test has the stack for itself")]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use recon_core::provider::{Observed, Provider, Reach};
use recon_core::resource_type::Catalog;
use recon_core::schema::{Block, Mode, Nesting, OnUpdate};
use recon_core::{Data, Known, Type, Value};

pub struct Cloud {
    pub provider: Arc<dyn Provider>,
    catalog: Catalog,
    running: Option<recon_sandbox::Running>,
}

impl Cloud {
    pub async fn start() -> Self {
        match std::env::var("RECON_TEST_ENDPOINT") {
            Ok(endpoint) => Self::at(endpoint, None).await,
            Err(_) => Self::with(recon_sandbox::Options::default()).await,
        }
    }

    /// A sandbox with its own pace or quotas.
    pub async fn with(options: recon_sandbox::Options) -> Self {
        let running = recon_sandbox::start(options).await.unwrap();
        Self::at(running.endpoint().to_owned(), Some(running)).await
    }

    async fn at(endpoint: String, running: Option<recon_sandbox::Running>) -> Self {
        let services = ["apigateway", "lambda", "iam", "logs", "sts"];
        let endpoints = Value::object(services.map(|service| (service, Value::from(endpoint.as_str()))));
        let config = Value::object([
            ("region", Value::from("us-east-1")),
            ("access_key", Value::from("test")),
            ("secret_key", Value::from("test")),
            ("endpoints", Value::tuple(vec![endpoints])),
            (
                "default_tags",
                Value::tuple(vec![Value::object([("tags", Value::string_map([("team", "web")]))])]),
            ),
        ]);
        let provider = recon_aws::connect(&Known::new(config).unwrap()).await.unwrap();
        let mut catalog = Catalog::default();
        recon_aws::register(&mut catalog);
        Self { provider, catalog, running }
    }

    /// Whether this is the sandbox, which is as faithful as AWS in what is asserted.
    pub fn is_sandbox(&self) -> bool {
        self.running.is_some()
    }

    /// Installs a list of faults, in the sandbox's JSON.
    pub fn fault(&self, faults: &str) {
        let endpoint = self.running.as_ref().unwrap().endpoint().trim_start_matches("http://");
        let mut stream = TcpStream::connect(endpoint).unwrap();
        let length = faults.len();
        let request = format!(
            "POST /_sandbox/faults HTTP/1.1\r\nhost: {endpoint}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{faults}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
    }

    /// A wanted object: the schema's defaults, and null where the provider decides.
    pub fn want(&self, kind: &str, arguments: &[(&str, Value)]) -> Known {
        let schema = self.catalog.resource(kind).unwrap_or_else(|| panic!("{kind}")).schema();
        let config = Value::object(arguments.iter().map(|(name, value)| (*name, value.clone())));
        for name in config.entries().unwrap().keys() {
            assert!(
                schema.block.attributes.contains_key(name) || schema.block.blocks.contains_key(name),
                "{name}"
            );
        }
        Known::new(shaped(&schema.block, &config)).unwrap()
    }

    pub fn want_data(&self, kind: &str, arguments: &[(&str, Value)]) -> Known {
        let schema = self.catalog.data(kind).unwrap_or_else(|| panic!("{kind}")).schema();
        let config = Value::object(arguments.iter().map(|(name, value)| (*name, value.clone())));
        Known::new(shaped(&schema.block, &config)).unwrap()
    }

    pub async fn data(&self, kind: &str, arguments: &[(&str, Value)]) -> Known {
        let config = self.want_data(kind, arguments);
        let found =
            self.provider.read_data(kind, &config).await.unwrap_or_else(|error| panic!("{kind}: {error:?}"));
        assert_eq!(found.ty(), self.catalog.data(kind).unwrap().schema().block.ty(), "{kind}");
        found
    }

    pub async fn create(&self, kind: &str, arguments: &[(&str, Value)]) -> Known {
        let want = self.want(kind, arguments);
        let made = self
            .provider
            .create(kind, &want)
            .await
            .unwrap_or_else(|failed| panic!("{kind}: {:?}", failed.error));
        assert_agrees(kind, &want, &made);
        made
    }

    /// Updates the object and checks that what was made is what was wanted.
    pub async fn update(&self, kind: &str, have: &Known, arguments: &[(&str, Value)]) -> Known {
        let schema = self.catalog.resource(kind).unwrap().schema();
        let open =
            schema.block.attributes.iter().filter(|(_, it)| it.mode == Mode::Computed(OnUpdate::Recompute));
        let changed = open.fold(Value::from(have.clone()), |value, (name, _)| value.with(name, none()));
        let changed = arguments.iter().fold(changed, |value, (name, new)| value.with(name, new.clone()));
        let want = Known::new(shaped(&schema.block, &changed)).unwrap();
        let made = self
            .provider
            .update(kind, have, &want)
            .await
            .unwrap_or_else(|failed| panic!("{kind}: {:?}", failed.error));
        assert_agrees(kind, &want, &made);
        made
    }

    pub async fn read(&self, kind: &str, have: &Known) -> Option<Known> {
        self.refresh(&[(kind, have)]).await.remove(0)
    }

    pub async fn refresh(&self, objects: &[(&str, &Known)]) -> Vec<Option<Known>> {
        let observed: Vec<Observed> = objects
            .iter()
            .map(|(kind, have)| Observed { kind: (*kind).into(), have: (*have).clone() })
            .collect();
        let found = self.provider.observe(&observed, Reach::Refresh).await;
        found.answers.into_iter().map(|found| found.unwrap_or_else(|error| panic!("{error:?}"))).collect()
    }

    /// Reads the objects and checks that a refresh of what nobody touched changes nothing.
    pub async fn unchanged(&self, objects: &[(&str, &Known)]) {
        for ((kind, have), found) in objects.iter().zip(self.refresh(objects).await) {
            let found = found.unwrap_or_else(|| panic!("{kind} is gone"));
            assert_same(kind, have, &found);
        }
    }

    pub async fn delete(&self, kind: &str, have: &Known) {
        self.provider.delete(kind, have).await.unwrap_or_else(|error| panic!("{kind}: {error:?}"));
    }

    pub async fn import(&self, kind: &str, id: &str) -> Known {
        let found = self.provider.import(kind, id).await.unwrap_or_else(|error| panic!("{kind}: {error:?}"));
        found.unwrap_or_else(|| panic!("{kind} {id} is not there"))
    }

    /// How many calls went out since `before`, by operation.
    pub fn calls_since(&self, before: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
        let calls = self.provider.calls().into_iter();
        calls
            .map(|(name, count)| (name.clone(), count - before.get(&name).copied().unwrap_or(0)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}

fn shaped(block: &Block, config: &Value) -> Value {
    let attributes = block.attributes.iter().map(|(name, attribute)| {
        let value = config.get(name);
        let value = match &attribute.mode {
            Mode::Default(default) if value.is_null() => Value::from(default.clone()),
            _ if value.is_null() => Value::null(attribute.ty.clone()),
            _ => recon_core::convert::convert(value, &attribute.ty)
                .unwrap_or_else(|_| panic!("{name}: {value:?}")),
        };
        (name.clone(), value)
    });
    let blocks = block.blocks.iter().map(|(name, nested)| {
        let items =
            config.get(name).items().iter().map(|item| shaped(&nested.block, item)).collect::<Vec<_>>();
        let value = match nested.nesting {
            Nesting::Single => Value::null(nested.block.ty()),
            Nesting::List(..)
                if items.is_empty() && nested.absent == recon_core::schema::Absent::Provider =>
            {
                Value::null(nested.ty())
            }
            Nesting::List(..) => Value::list(nested.block.ty(), items),
            Nesting::Set(..) => Value::set(nested.block.ty(), items),
        };
        (name.clone(), value)
    });
    Value::object(attributes.chain(blocks).collect::<Vec<_>>())
}

/// A nested block that occurs once.
pub fn once<const N: usize>(attributes: [(&'static str, Value); N]) -> Value {
    Value::tuple(vec![Value::object(attributes)])
}

pub fn text(object: &Known, name: &str) -> Value {
    let value = object.get(name).clone();
    assert!(value.as_str().is_some_and(|text| !text.is_empty()), "{name} of {object:?}");
    value
}

/// What was made has every value that was wanted.
fn assert_agrees(kind: &str, want: &Value, made: &Value) {
    for (name, value) in want.entries().unwrap() {
        let partial = value.children().any(|child| matches!(child.data, Data::Object(_)));
        // Ids that follow from other arguments are planned anew; the planner, not these tests, says so.
        if !value.is_null() && !partial && &**name != "id" {
            assert!(value.same(made.get(name)), "{kind}.{name}: wanted {value:?}, made {:?}", made.get(name));
        }
    }
}

pub fn assert_same(kind: &str, a: &Known, b: &Known) {
    for (name, value) in a.entries().unwrap() {
        assert!(value.same(b.get(name)), "{kind}.{name}: {value:?} became {:?}", b.get(name));
    }
    assert_eq!(a.ty(), b.ty(), "{kind}");
}

/// Null of no particular type.
pub fn none() -> Value {
    Value::null(Type::Any)
}
