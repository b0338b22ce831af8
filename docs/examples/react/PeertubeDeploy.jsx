import { useEffect, useRef } from "react";

const SERVICE = "https://deploy.example/";
const EVENTS = ["ready", "change", "submit", "progress", "success", "error", "resize", "focus-exit"];

/** `onEvent(name, detail)` hears of everything; `prefill` is an object. The others are attributes. */
export function PeertubeDeploy({ prefill, onEvent, ...attributes }) {
  const element = useRef(null);

  useEffect(() => {
    // In the browser alone, and past the bundler: the service has the script that fits it.
    import(/* webpackIgnore: true */ /* @vite-ignore */ `${SERVICE}embed.js`);
  }, []);

  useEffect(() => {
    const target = element.current;
    const hear = ({ type, detail }) => onEvent?.(type.replace("peertube-deploy:", ""), detail);
    for (const name of EVENTS) target.addEventListener(`peertube-deploy:${name}`, hear);
    return () => {
      for (const name of EVENTS) target.removeEventListener(`peertube-deploy:${name}`, hear);
    };
  }, [onEvent]);

  return <peertube-deploy ref={element} prefill={prefill && JSON.stringify(prefill)} {...attributes} />;
}
