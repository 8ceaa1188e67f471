// Runs before the page is drawn, so that nothing jumps: GOV.UK Frontend hides what an option reveals by these classes.
document.body.className += " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "");
