//! Judges requests and answers by a vendor's description in the `OpenAPI` form: operation, parameters, headers, and bodies by JSON Schema as
//! far as the descriptions use it. Test code of ours; what it does not know it refuses, so that nothing passes unjudged.

use std::path::PathBuf;

use serde_json::Value;
use wiremock::Request;

/// A description.
pub struct Description(Value);

/// What a schema may hold besides what is checked.
const SILENT: [&str; 11] =
    ["description", "example", "format", "readOnly", "deprecated", "default", "title", "nullable", "type", "enum", "additionalProperties"];

impl Description {
    /// Reads `name` from the folder of descriptions beside the checkout; `None` with a visible skip where it is absent.
    pub fn read(name: &str) -> Option<Self> {
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/specs").join(name);
        let Ok(text) = std::fs::read_to_string(&beside) else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{name} must be there where CI=true");
            println!("SKIPPED: no {name} beside the checkout");
            return None;
        };
        Some(Self(serde_json::from_str(&text).unwrap()))
    }

    /// Checks a request; answers the operation's path as the description writes it.
    pub fn request(&self, request: &Request) -> Result<String, String> {
        let (path, operation) = self.operation(request)?;
        let mut known = Vec::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            if parameter["in"] != "query" {
                continue;
            }
            known.push(name);
            match request.url.query_pairs().find(|(key, _)| key == name) {
                Some((_, value)) => check_parameter(name, &value, &parameter["schema"])?,
                None if parameter["required"] == true => return Err(format!("{path}: parameter {name} is missing")),
                None => {}
            }
        }
        if let Some((odd, _)) = request.url.query_pairs().find(|(key, _)| !known.contains(&key.as_ref())) {
            return Err(format!("{path}: parameter {odd} is not described"));
        }
        self.headers(request, &operation["security"]).map_err(|why| format!("{path}: {why}"))?;
        Ok(path)
    }

    /// Checks the body of a success of an operation.
    pub fn answer(&self, path: &str, body: &Value) -> Result<(), String> {
        let schema = &self.0["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        self.value(body, schema, path)
    }

    fn operation(&self, request: &Request) -> Result<(String, &Value), String> {
        let asked: Vec<&str> = request.url.path().split('/').collect();
        let fits = |described: &str| {
            let described: Vec<&str> = described.split('/').collect();
            described.len() == asked.len() && described.iter().zip(&asked).all(|(d, a)| d == a || d.starts_with('{') && !a.is_empty())
        };
        let paths = self.0["paths"].as_object().unwrap();
        // A written path before one with a place holder.
        let mut found: Vec<&String> = paths.keys().filter(|path| fits(path)).collect();
        found.sort_by_key(|path| path.matches('{').count());
        let path = found.first().ok_or_else(|| format!("{} is not described", request.url.path()))?;
        let operation = paths[*path].get(request.method.as_str().to_lowercase());
        operation.map(|operation| ((*path).clone(), operation)).ok_or_else(|| format!("{} of {path} is not described", request.method))
    }

    /// One of the alternatives must be met; only keys in headers are known.
    fn headers(&self, request: &Request, security: &Value) -> Result<(), String> {
        let schemes = &self.0["components"]["securitySchemes"];
        let met = |alternative: &Value| {
            alternative.as_object().unwrap().keys().all(|name| {
                let scheme = &schemes[name];
                let header = scheme["name"].as_str().unwrap_or_default();
                scheme["type"] == "apiKey" && scheme["in"] == "header" && request.headers.contains_key(header)
            })
        };
        if security.as_array().unwrap().iter().any(met) { Ok(()) } else { Err("no way of signing in is met".to_owned()) }
    }

    fn value(&self, value: &Value, schema: &Value, at: &str) -> Result<(), String> {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = self.0.pointer(reference.trim_start_matches('#')).ok_or_else(|| format!("{reference} leads nowhere"))?;
            return self.value(value, target, at);
        }
        if value.is_null() && schema["nullable"] == true {
            return Ok(());
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            let fitting = choices.iter().filter(|choice| self.value(value, choice, at).is_ok()).count();
            return if fitting == 1 { Ok(()) } else { Err(format!("{at} fits {fitting} of its alternatives")) };
        }
        if schema["enum"].as_array().is_some_and(|choices| !choices.contains(value)) {
            return Err(format!("{at} is {value}, which is none of its values"));
        }
        let described = ["properties", "required", "items", "minItems", "maxItems"];
        if let Some(odd) =
            schema.as_object().unwrap().keys().find(|key| !SILENT.contains(&key.as_str()) && !described.contains(&key.as_str()))
        {
            return Err(format!("{at} is described by `{odd}`, which is not judged"));
        }
        match schema["type"].as_str() {
            Some("object") => self.object(value, schema, at),
            Some("array") => self.array(value, schema, at),
            Some("string") if value.is_string() => Ok(()),
            Some("boolean") if value.is_boolean() => Ok(()),
            Some("integer") if value.is_i64() || value.is_u64() => Ok(()),
            Some("number") if value.is_number() => Ok(()),
            other => Err(format!("{at} is {value} in place of {other:?}")),
        }
    }

    fn object(&self, value: &Value, schema: &Value, at: &str) -> Result<(), String> {
        let object = value.as_object().ok_or_else(|| format!("{at} is no object"))?;
        for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(required) {
                return Err(format!("{at}/{required} is missing"));
            }
        }
        for (key, value) in object {
            let at = format!("{at}/{key}");
            match (schema["properties"].get(key), &schema["additionalProperties"]) {
                (Some(property), _) => self.value(value, property, &at)?,
                (None, more) if more.is_object() => self.value(value, more, &at)?,
                (None, _) => return Err(format!("{at} is not described")),
            }
        }
        Ok(())
    }

    fn array(&self, value: &Value, schema: &Value, at: &str) -> Result<(), String> {
        let list = value.as_array().ok_or_else(|| format!("{at} is no list"))?;
        let within = |key: &str, fits: fn(u64, u64) -> bool| schema[key].as_u64().is_none_or(|bound| fits(list.len() as u64, bound));
        if !within("minItems", |n, least| n >= least) || !within("maxItems", |n, most| n <= most) {
            return Err(format!("{at} has {} items", list.len()));
        }
        list.iter().enumerate().try_for_each(|(i, value)| self.value(value, &schema["items"], &format!("{at}/{i}")))
    }
}

fn check_parameter(name: &str, text: &str, schema: &Value) -> Result<(), String> {
    let fits = match schema["type"].as_str() {
        Some("integer") => text.parse::<i64>().is_ok(),
        Some("number") => text.parse::<f64>().is_ok(),
        Some("boolean") => matches!(text, "true" | "false"),
        Some("string") => !text.is_empty(),
        other => return Err(format!("parameter {name} has the type {other:?}, which is not judged")),
    };
    if fits { Ok(()) } else { Err(format!("parameter {name} is {text}")) }
}
