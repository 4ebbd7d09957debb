FROM maven:3.8-eclipse-temurin-17 AS build
WORKDIR /weir
COPY . .
RUN mvn -q -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip -Dcheckstyle.skip -Dlint.failure=-nowarn -pl app -am package

FROM eclipse-temurin:17-jre
RUN useradd --system --home-dir /var/lib/weir --create-home weir
COPY --from=build /weir/app/target/weir.jar /opt/weir/app/target/weir.jar
COPY --from=build /weir/app/target/lib /opt/weir/app/target/lib
COPY --from=build /weir/policies /opt/weir/policies
COPY --from=build /weir/mappings /opt/weir/mappings
# Classes as the Java machine has them in memory: servers start in two thirds of the time.
RUN java -XX:ArchiveClassesAtExit=/opt/weir/app/target/weir.jsa -jar /opt/weir/app/target/weir.jar \
      demo --for 1s --data /tmp/weir --port 0 --policies /opt/weir/policies --admin-listen 127.0.0.1:0 >/dev/null \
    && rm -rf /tmp/weir
USER weir
WORKDIR /var/lib/weir
ENV WEIR_DATA=/var/lib/weir/data WEIR_POLICIES=/opt/weir/policies
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:SharedArchiveFile=/opt/weir/app/target/weir.jsa", "-jar", "/opt/weir/app/target/weir.jar"]
CMD ["run"]
