// The page begins.

state.numbers = recalled();
show(views[0]);
