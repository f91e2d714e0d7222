// Folds: a named part that stands for what it is made of, until one looks inside.

const whole = html("button", {id: "Escape", onclick: () => {
	whole.remove();
	show(views[outputs[state.output].view]);
}}, "Whole graph");

/** The derivatives of a fold by its sources, along all paths. */
function pathSlopes({part, members, args}) {
	const order = [...members, part].map((id) => parts[id]).filter((each) => each.value);
	const found = backward(order, state.slopes, part);
	return args.map((id) => found[id]);
}

/** Look inside a box that is chosen already. */
function open({part}) {
	$("Home").before(whole);
	show(views.find((view) => view.part === part.id));
	say(`Inside of ${part.name}; Escape leads out`);
}
