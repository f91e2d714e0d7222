// The drawing: boxes with data and grad, edges with local derivatives.

let eye = null, sight = null; // of a large drawing
const clip = (words, most) => words.length > most ? `${words.slice(0, most - 1)}…` : words;

/** An element of SVG with attributes and children. */
function svg(tag, attributes, ...children) {
	const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
	for (const name in attributes) made.setAttribute(name, attributes[name]);
	made.append(...children);
	return made;
}

/** Write a text where it has changed. */
function write(element, words) {
	if (element.textContent !== words) element.textContent = words;
}

/** Draw a view. Its boxes and edges keep their elements. */
function draw(view) {
	const {width, height} = view, lines = svg("g", {class: "lines"}), labels = svg("g", {class: "labels"}), nodes = svg("g");
	$("drawing").setAttribute("viewBox", `0 0 ${width} ${height}`);
	Object.assign($("drawing").style, {minWidth: `${width*0.9}px`, maxWidth: `${width*1.3}px`});
	const boxes = view.boxes.map(([id, x, y, kind = 0, w = 122, h = 66]) => {
		const part = parts[id], inside = folds.find((fold) => kind === 1 && fold.part === id);
		const {args, formula, rules} = kind === 2 ? {args: []} : inside ?? part, {name} = part;
		const title = formula && kind < 3 ? `${name} = ${formula}` : name, short = clip(title, 26);
		const bold = svg("tspan", {}, short.slice(0, name.length));
		const head = svg("text", {class: "name", x: 10, y: 18}, bold, short.slice(name.length));
		const row = (words, y) => [svg("text", {class: "key", x: 10, y}, words), svg("text", {x: w - 10, y})];
		const tint = svg("rect", {class: "tint", x: 2, y: 45, width: w - 4, height: 19, rx: 7});
		const [data, grad] = [row("data", 38), row("grad", 58)];
		const g = svg("g", {
			transform: `translate(${x} ${y})`,
			class: ["", "fold", "source", "copy"][kind] || (part.value ? "" : "leaf"),
		}, svg("title"), svg("rect", {width: w, height: h, rx: 9}));
		const box = {part, inside, args, rules, title, g, tint, data: data[1], grad: grad[1]};
		nodes.append(g);
		eye?.observe(g);
		on(g, "click", () => choose(box));
		if (kind === 3) return g.append(head);
		g.append(tint, head, ...data, ...grad, svg("text", {class: "mark", x: w - 8, y: 18}, "⚠"));
		g.setAttribute("role", "button");
		return box;
	});
	view.ties = view.edges.map(([source, target, slot, points]) => {
		const box = boxes[target], of = parts[view.boxes[source][0]].name;
		let path = `M${points[0]} ${points[1]}`;
		for (let i = 2; i < points.length; i += 2) {
			const [x, y, nextX, nextY] = points.slice(i - 2), middle = (x + nextX)/2;
			path += `C${middle} ${y} ${middle} ${nextY} ${nextX} ${nextY}`;
		}
		const [x, y] = points.slice(-2);
		const line = svg("path", {d: path}, svg("title", {}, `∂${box.part.name}/∂${of} = ${box.rules[slot]}`));
		const label = svg("text", {x: x - 8, y: y - 5});
		lines.append(line);
		labels.append(label);
		return {box, slot, line, label};
	});
	view.drawn = boxes.filter(Boolean);
	$("drawing").replaceChildren(lines, nodes, labels);
}
