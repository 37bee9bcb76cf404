import React from "react";

console.log(React);
