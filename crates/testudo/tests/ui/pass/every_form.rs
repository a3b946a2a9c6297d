include!("../common.rs");

#[shield]
fn maybe(Passed(user): Passed<Option<User>>) -> bool {
    user.is_none()
}

#[shield(name = "Signature", decides, crate = testudo)]
async fn signature(#[with] secret: &'static str, #[with] keys: &Vec<String>, body: String) -> Result<Option<Page>, testudo::BoxError> {
    if keys.is_empty() {
        return Err(Block::forbidden("no keys").into());
    }
    let number: u32 = body.parse()?;
    Ok((secret.len() == 3).then_some(Page(number)))
}

#[shield(decides)]
async fn looks(headers: &HeaderMap, State(_): State<Db>, parts: &axum::http::request::Parts, uri: &axum::http::Uri) -> Option<User> {
    std::future::ready(()).await;
    (headers.len() == parts.headers.len() && uri == &parts.uri).then_some(User { admin: false })
}

#[shield(detail = format!("{generic} {block} {request}"), member("n" = *argument_0))]
fn names_of_its_own(
    #[with] generic: u32,
    #[with] block: u32,
    #[with] request: &'_ String,
    #[with] argument_0: u32,
    headers: &HeaderMap,
) -> Result<Option<()>, Block> {
    let _ = (generic, block, request, headers);
    Ok(Some(()))
}

macro_rules! through_a_macro {
    ($name:ident, $argument:ty, $returns:ty) => {
        #[shield]
        fn $name(argument: $argument) -> $returns {
            let _ = argument;
            None
        }
    };
}
through_a_macro!(of_a_macro, &HeaderMap, Option<()>);

async fn log_out() {}

async fn hook(_: Passed<Page>, _: String) {}

fn routes(user: &Stack<App, Passes![User]>, paged: &Stack<App, Passes![protects Page, User,]>) -> Router<App> {
    let open = Stack::public("everybody may look");
    let admin = user.shield(is_admin);
    let by_type: &Stack<App, Passes![User, Admin]> = &admin;
    Router::new()
        .route("/products", (open.get(list).head(list), by_type.any(async |_: Passed<Admin>| "any")))
        .route("/me", (user.get(me), Stack::new().shield(looks).put(me)))
        .route("/page", paged.get(async |Passed(Page(number)): Passed<Page>| number.to_string()))
        .route("/logout", user.post(unproven("it only clears the caller's own cookie", log_out)))
        .route("/maybe", open.shield(api_token.optional()).shield(maybe).post(log_out))
        .route("/names", user.shield(names_of_its_own(1, 2, String::new(), 3)).shield(of_a_macro).get(me))
        .route("/hook", Stack::new().shield(signature("abc", vec![])).post(hook))
        .fallback(open.fallback(list))
}

fn main() {
    let user = Stack::new().shield(api_token);
    let paged = Stack::new().shield(page_number).shield(api_token);
    let _: axum::Router = routes(&user, &paged).into_axum().with_state(App { db: Db });
}
