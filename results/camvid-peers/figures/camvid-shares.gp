# Class shares of the evaluated pixels, CamVid. Run in this folder: gnuplot camvid-shares.gp
reset
set encoding utf8
set terminal pngcairo size 1100,560 noenhanced fontscale 0.75 font 'sans-serif,16' background rgb 'white'
set output 'camvid-shares.png'
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set title 'Class shares of the evaluated pixels, CamVid' font 'sans-serif,20'
set logscale y
set ylabel 'percent of pixels'
set boxwidth 0.7
set style fill solid
set xrange [-0.6:11.0-0.4]
set yrange [0.1:100]
set xtics rotate by 40 right ('road' 0, 'building' 1, 'sky' 2, 'tree' 3, 'pavement' 4, 'car' 5, 'pole' 6, 'fence' 7, 'sign' 8, 'pedestrian' 9, 'bicyclist' 10)
plot 'camvid-shares.dat' using 1:2:3 with boxes lc rgb variable
unset output
