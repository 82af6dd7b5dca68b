//! Gives answers and refusals the headers and shapes of each service's protocol.

use crate::router::Service;
use crate::wire::{Answer, Call, Refusal, escape_xml};

/// Lambda spells the message member with a capital in these errors, as its model has it.
const CAPITAL_MESSAGE: [&str; 4] =
    ["ResourceNotFoundException", "ServiceException", "ResourceInUseException", "EC2UnexpectedException"];

/// Adds what every answer of a service carries.
pub(crate) fn answer(service: Service, answer: Answer, call: &Call) -> Answer {
    match service {
        Service::S3 => answer.with("x-amz-request-id", call.request_id.clone()).with("x-amz-id-2", "sandbox"),
        Service::ApiGateway => answer
            .with("x-amzn-requestid", call.request_id.clone())
            .with("x-amz-apigw-id", short(&call.request_id)),
        Service::Lambda
        | Service::Iam
        | Service::Sts
        | Service::Logs
        | Service::CloudTrail
        | Service::Sandbox => answer.with("x-amzn-requestid", call.request_id.clone()),
    }
}

/// Renders a refusal.
pub(crate) fn refusal(service: Service, refusal: &Refusal, call: &Call) -> Answer {
    let rendered = match service {
        Service::Lambda => {
            let capital = CAPITAL_MESSAGE.contains(&refusal.code);
            json(refusal, if capital { "Message" } else { "message" })
        }
        Service::ApiGateway | Service::Sandbox => json(refusal, "message"),
        Service::Logs | Service::CloudTrail => logs(refusal),
        Service::Iam => query(refusal, "https://iam.amazonaws.com/doc/2010-05-08/", call),
        Service::Sts => query(refusal, "https://sts.amazonaws.com/doc/2011-06-15/", call),
        Service::S3 => s3(refusal, call),
    };
    answer(service, rendered, call)
}

fn json(refusal: &Refusal, message_key: &str) -> Answer {
    let answer =
        Answer::json(refusal.status, &refusal.document(message_key)).with("x-amzn-ErrorType", refusal.code);
    match refusal.extra.get("retryAfterSeconds") {
        Some(seconds) => answer.with("Retry-After", seconds.to_string().trim_matches('"')),
        None => answer,
    }
}

fn logs(refusal: &Refusal) -> Answer {
    let typed = refusal.clone().with("__type", refusal.code);
    let mut answer = Answer::json(refusal.status, &typed.document("message"));
    answer.content_type = "application/x-amz-json-1.1";
    answer
}

fn query(refusal: &Refusal, namespace: &str, call: &Call) -> Answer {
    let sender = if refusal.status < 500 { "Sender" } else { "Receiver" };
    let document = format!(
        "<ErrorResponse xmlns=\"{namespace}\">\n  <Error>\n    <Type>{sender}</Type>\n    <Code>{}</Code>\n    \
         <Message>{}</Message>\n  </Error>\n  <RequestId>{}</RequestId>\n</ErrorResponse>\n",
        escape_xml(refusal.code),
        escape_xml(&refusal.message),
        call.request_id,
    );
    Answer::xml(refusal.status, document)
}

fn s3(refusal: &Refusal, call: &Call) -> Answer {
    if call.method == "HEAD" || refusal.status == 304 {
        return Answer::empty(refusal.status);
    }
    let mut extra = String::new();
    for (key, value) in &refusal.extra {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        extra.extend(["<", key, ">", &escape_xml(&text), "</", key, ">"]);
    }
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>{extra}\
         <RequestId>{}</RequestId><HostId>sandbox</HostId></Error>",
        escape_xml(refusal.code),
        escape_xml(&refusal.message),
        call.request_id,
    );
    let mut answer = Answer::xml(refusal.status, document);
    answer.content_type = "application/xml";
    answer
}

fn short(request_id: &str) -> String {
    request_id.chars().filter(|character| *character != '-').take(15).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(service: Service, code: &'static str) -> String {
        let refused = Refusal::new(404, code, "no <b>").with("Type", "User");
        String::from_utf8(refusal(service, &refused, &Call::default()).body).unwrap()
    }

    #[test]
    fn lambda_spells_the_message_as_its_model_does() {
        assert_eq!(
            text(Service::Lambda, "ResourceNotFoundException"),
            r#"{"Message":"no <b>","Type":"User"}"#
        );
        assert_eq!(
            text(Service::Lambda, "ResourceConflictException"),
            r#"{"message":"no <b>","Type":"User"}"#
        );
    }

    #[test]
    fn error_type_travels_in_a_header() {
        let answer =
            refusal(Service::ApiGateway, &Refusal::new(404, "NotFoundException", "m"), &Call::default());
        assert!(answer.headers.contains(&("x-amzn-ErrorType".into(), "NotFoundException".into())));
    }

    #[test]
    fn xml_errors_are_escaped() {
        assert!(text(Service::Iam, "NoSuchEntity").contains("<Message>no &lt;b&gt;</Message>"));
        assert!(text(Service::S3, "NoSuchKey").contains("<Code>NoSuchKey</Code>"));
    }
}
