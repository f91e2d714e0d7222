// Folds: a named part that stands for what it is made of, until one looks inside.

const whole = html("button", {hidden: true, onclick: () => {
	show(views[outputs[state.output].view]);
	whole.hidden = true;
}}, "Whole graph");
$("first").before(whole);
on(window, "keydown", ({key}) => { if (key === "Escape" && !whole.hidden) whole.click(); });

/** The derivatives of a fold by its sources, along all paths. */
function pathSlopes({part, members, sources}) {
	const order = [...members, part].map((id) => parts[id]).filter((each) => each.value);
	const found = backward(order, state.slopes, part);
	return sources.map((id) => found[id]);
}

/** Look inside a box that is chosen already. */
function open({part}) {
	show(views.find((view) => view.part === part.id));
	whole.hidden = false;
	say(`Inside of ${part.name}; Escape leads out`);
}
