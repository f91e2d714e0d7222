// A large drawing is painted where one looks, or where it is printed.

const boxesInSight = sight = new Set();
eye = new IntersectionObserver((entries) => {
	for (const {target, isIntersecting} of entries) boxesInSight[isIntersecting ? "add" : "delete"](target);
	paint();
}, {root: $("scroll"), rootMargin: "300px"});
for (const [event, value] of [["beforeprint", null], ["afterprint", sight]]) on(window, event, () => {
	sight = value;
	paint();
});
for (const {number} of rows) {
	Object.assign(number.parentElement.style, {contentVisibility: "auto", containIntrinsicHeight: "62px"});
}
