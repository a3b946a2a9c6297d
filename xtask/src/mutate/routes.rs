//! What a routes file says: stacks, route calls and shields, each with its place.

use syn::{
    Expr, ExprCall, ExprMethodCall, ExprPath, GenericArgument, ItemFn, ItemMod, PathArguments, ReturnType,
    Stmt, Type, visit::Visit,
};

use super::{
    source::{Place, place},
    strength::{self, Known, Strength},
};

/// Methods of a stack that make a route, and whether HTTP calls them safe.
const METHODS: &[(&str, bool)] = &[
    ("get", true),
    ("head", true),
    ("options", true),
    ("trace", true),
    ("post", false),
    ("put", false),
    ("patch", false),
    ("delete", false),
    ("connect", false),
    ("any", false),
    ("fallback", false),
];

/// A handler given to a stack: `admin.post(create)`.
#[derive(Debug, Clone)]
pub(super) struct RouteCall {
    /// The path as it is written.
    pub(super) path: String,
    pub(super) method: String,
    pub(super) is_safe: bool,
    pub(super) handler: Place,
    /// The stack, and how strong it is.
    pub(super) stack: Place,
    pub(super) strength: Strength,
    /// The whole chain (`admin.put(update).delete(remove)`) with every method and handler in it.
    pub(super) chain: Place,
    pub(super) links: Vec<(String, Place)>,
    /// Which of the links this is.
    pub(super) link: usize,
    /// The stacks one could have written instead, by the text to write.
    pub(super) others: Vec<(String, Strength)>,
}

/// A `.shield(x)`.
#[derive(Debug, Clone)]
pub(super) struct ShieldCall {
    /// From the dot to the closing parenthesis.
    pub(super) call: Place,
    pub(super) argument: Expr,
}

/// A stack given to a function that makes routes of it: `invoices::routes(&tenant)`.
#[derive(Debug, Clone)]
pub(super) struct HandedOn {
    pub(super) stack: Place,
    /// The function as it is written.
    pub(super) to: Place,
    pub(super) strength: Strength,
    /// The stacks one could have written instead, by the text to write.
    pub(super) others: Vec<(String, Strength)>,
}

/// All of a file.
#[derive(Debug, Default)]
pub(super) struct Routes {
    pub(super) handed_on: Vec<HandedOn>,
    pub(super) calls: Vec<RouteCall>,
    pub(super) shields: Vec<ShieldCall>,
    /// Where `Stack::new` and `Stack::public` leave the state to inference, and the text that writes it down.
    pub(super) inferred: Vec<(usize, String)>,
}

/// Finds everything in `file`; `known` holds the structs and aliases of all routes files of the example.
pub(super) fn find(file: &syn::File, known: &Known) -> Routes {
    let mut finder = Finder { known, scope: Vec::new(), state: None, routes: Routes::default() };
    finder.visit_file(file);
    // Of chained calls the last is visited first.
    finder.routes.calls.sort_by_key(|call| call.handler.start);
    finder.routes.shields.sort_by_key(|shield| shield.call.start);
    finder.routes
}

struct Finder<'a> {
    known: &'a Known,
    /// The stacks of the function under way.
    scope: Vec<(String, Strength)>,
    /// The state of the router that the function returns.
    state: Option<String>,
    routes: Routes,
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if module.ident != "tests" {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.scope = self.known.parameters(&function.sig);
        self.state = state_of_router(&function.sig.output);
        for statement in &function.block.stmts {
            if let Stmt::Local(local) = statement {
                let stacks = self.known.local(local, &self.scope);
                self.scope.extend(stacks);
            }
        }
        syn::visit::visit_item_fn(self, function);
    }

    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        let segments: Vec<_> = path.path.segments.iter().rev().take(2).collect();
        if let ([_, stack], Some(state)) = (segments.as_slice(), &self.state)
            && stack.ident == "Stack"
            && stack.arguments.is_none()
        {
            self.routes.inferred.push((place(&stack.ident).end, format!("::<{state}>")));
        }
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        for argument in &call.args {
            let Expr::Reference(reference) = argument else { continue };
            let stack = &reference.expr;
            let text = quote::quote!(#stack).to_string().replace(' ', "");
            if let Some((_, strength)) = self.scope.iter().find(|(name, _)| *name == text) {
                self.routes.handed_on.push(HandedOn {
                    stack: place(&**stack),
                    to: place(&*call.func),
                    strength: strength.clone(),
                    others: self.scope.clone(),
                });
            }
        }
        syn::visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let arguments: Vec<&Expr> = call.args.iter().collect();
        match (call.method.to_string().as_str(), arguments.as_slice()) {
            ("route", [path, routes]) => self.routes_of(&quote::quote!(#path).to_string(), routes),
            ("fallback", [fallback @ Expr::MethodCall(_)]) => self.routes_of("*", fallback),
            ("shield", [argument]) => {
                let end = place(call).end;
                let call = place(&*call.receiver).end..end;
                self.routes.shields.push(ShieldCall { call, argument: (*argument).clone() });
            }
            _ => {}
        }
        syn::visit::visit_expr_method_call(self, call);
    }
}

impl Finder<'_> {
    fn routes_of(&mut self, path: &str, routes: &Expr) {
        match routes {
            Expr::Tuple(tuple) => tuple.elems.iter().for_each(|one| self.routes_of(path, one)),
            Expr::Paren(inner) => self.routes_of(path, &inner.expr),
            chain => self.chain(path, chain),
        }
    }

    fn chain(&mut self, path: &str, chain: &Expr) {
        let mut links = Vec::new();
        let mut stack = chain;
        while let Some((call, handler)) = link(stack) {
            links.insert(0, (call.method.to_string(), place(handler)));
            stack = &call.receiver;
        }
        let strength = strength::strength(stack, &self.scope);
        for (at, (method, handler)) in links.iter().enumerate() {
            let is_safe = METHODS.iter().any(|&(name, safe)| name == method && safe);
            self.routes.calls.push(RouteCall {
                path: path.to_owned(),
                method: method.clone(),
                is_safe,
                handler: handler.clone(),
                stack: place(stack),
                strength: strength.clone(),
                chain: place(chain),
                links: links.clone(),
                link: at,
                others: self.scope.clone(),
            });
        }
    }
}

fn link(expr: &Expr) -> Option<(&ExprMethodCall, &Expr)> {
    let Expr::MethodCall(call) = expr else { return None };
    let is_method = METHODS.iter().any(|(name, _)| call.method == name);
    (is_method && call.args.len() == 1).then(|| (call, &call.args[0]))
}

/// `App` of `-> Router<App>`.
fn state_of_router(output: &ReturnType) -> Option<String> {
    let ReturnType::Type(_, ty) = output else { return None };
    let Type::Path(path) = &**ty else { return None };
    let router = path.path.segments.last().filter(|last| last.ident == "Router")?;
    let PathArguments::AngleBracketed(generics) = &router.arguments else { return None };
    match generics.args.first() {
        Some(GenericArgument::Type(state)) => Some(quote::quote!(#state).to_string()),
        _ => None,
    }
}
