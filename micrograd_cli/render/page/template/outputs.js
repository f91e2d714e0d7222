// The selector of outputs.

const output = html("select", {onchange: () => {
	state.output = Number(output.value);
	$("Escape")?.remove();
	show(views[outputs[state.output].view]);
}}, ...outputs.map(({expr, part}, value) => html("option", {value}, clip(`${parts[part].name} = ${expr}`, 60))));
$("result").before(html("label", {}, "Output ", output));
